//! An open file.

use super::error::{Fault, Hdf5Error, Result};
use super::group::{Group, Table};
use super::header::Header;
use super::limits::Limits;
use super::store::Store;
use super::{link, superblock};
use crate::Source;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// An HDF5 file that is open for reading.
///
/// Opening reads the links of the root group; everything else is read on demand. [`Limits`] bounds
/// the total cost of reading, which suffices to read the file about once; open it again for further
/// passes.
#[derive(Debug)]
pub struct Hdf5<'a> {
    store: Store<'a>,
    root: u64,
    /// Links of the groups seen so far, by the address of the group.
    tables: RefCell<HashMap<u64, Option<Rc<Table>>>>,
}

impl<'a> Hdf5<'a> {
    /// Opens the file in `source`.
    ///
    /// # Errors
    ///
    /// A [`Fault`] when the file is not HDF5, is cut short, or its root group cannot be read.
    pub fn open(source: Source<'a>, limits: &Limits) -> std::result::Result<Self, Hdf5Error> {
        let at_root = |fault| Hdf5Error::new("/", fault);
        let (store, root) = superblock::open(source, limits).map_err(at_root)?;
        let file = Self {
            store,
            root,
            tables: RefCell::default(),
        };
        match file.table(root) {
            Ok(Some(_)) => Ok(file),
            Ok(None) => Err(at_root(Fault::NotAGroup)),
            Err(fault) => Err(at_root(fault)),
        }
    }

    /// The root group.
    pub fn root(&self) -> Group<'_> {
        // The table was read when the file was opened.
        let table = self.tables.borrow().get(&self.root).cloned().flatten();
        Group::root(self, self.root, table.unwrap_or_default())
    }

    pub(super) fn store(&self) -> &Store<'_> {
        &self.store
    }

    /// The links of the group at `address`; `None` if the object there is not a group.
    pub(super) fn table(&self, address: u64) -> Result<Option<Rc<Table>>> {
        if let Some(table) = self.tables.borrow().get(&address) {
            // Links may form a very large number of paths; counting each visit bounds them.
            self.store.visit(self.store.offset(address), 0)?;
            return Ok(table.clone());
        }
        let header = Header::read(self.store(), address)?;
        let links = link::read(self.store(), &header)?;
        let table = links
            .map(|links| Table::new(links, header.offset))
            .transpose()?
            .map(Rc::new);
        self.tables.borrow_mut().insert(address, table.clone());
        Ok(table)
    }
}
