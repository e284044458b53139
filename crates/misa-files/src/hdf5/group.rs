//! Groups: names that refer to datasets and to further groups.

use super::dataset::Dataset;
use super::error::{Fault, Hdf5Error, Result};
use super::file::Hdf5;
use super::link::{Link, Target};
use std::rc::Rc;

/// The links of a group, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Table {
    links: Vec<Link>,
    /// Numbers of the links, sorted by name.
    sorted: Vec<usize>,
}

impl Table {
    /// The links of the group at `offset`. It is a fault if a name occurs twice.
    pub fn new(links: Vec<Link>, offset: u64) -> Result<Self> {
        let mut sorted: Vec<usize> = (0..links.len()).collect();
        sorted.sort_by(|&a, &b| links[a].name.cmp(&links[b].name));
        let same_name = |pair: &[usize]| links[pair[0]].name == links[pair[1]].name;
        if sorted.windows(2).any(same_name) {
            let what = "a name";
            return Err(Fault::Twice { offset, what });
        }
        Ok(Self { links, sorted })
    }

    fn find(&self, name: &str) -> Option<&Link> {
        let position = self
            .sorted
            .binary_search_by(|&link| self.links[link].name.as_str().cmp(name))
            .ok()?;
        Some(&self.links[self.sorted[position]])
    }
}

/// A group of a file.
#[derive(Clone, Debug)]
pub struct Group<'f> {
    file: &'f Hdf5<'f>,
    path: String,
    /// Addresses of the groups from the root to this one.
    ancestors: Vec<u64>,
    table: Rc<Table>,
}

/// What a name in a group refers to.
#[derive(Clone, Debug)]
pub enum Object<'f> {
    /// A further group.
    Group(Group<'f>),
    /// A dataset.
    Dataset(Box<Dataset<'f>>),
}

impl<'f> Group<'f> {
    pub(super) fn root(file: &'f Hdf5<'f>, address: u64, table: Rc<Table>) -> Self {
        Self {
            file,
            path: String::new(),
            ancestors: vec![address],
            table,
        }
    }

    /// Path in the file, such as `/data`; `/` for the root.
    pub fn path(&self) -> &str {
        if self.path.is_empty() {
            "/"
        } else {
            &self.path
        }
    }

    /// The names in this group, in the order of the file.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.table.links.iter().map(|link| link.name.as_str())
    }

    /// Whether this group itself has a link called `name`. Paths are not followed.
    pub fn contains(&self, name: &str) -> bool {
        self.table.find(name).is_some()
    }

    /// The object at `path`: names relative to this group, joined by `/`.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`], [`Fault::NotAGroup`] when the path continues below a dataset,
    /// [`Fault::Cycle`] when it returns to a group that it has passed, [`Fault::Unsupported`] for soft
    /// and external links, and any fault of the file.
    pub fn object(&self, path: &str) -> std::result::Result<Object<'f>, Hdf5Error> {
        let mut object = Object::Group(self.clone());
        for name in path.split('/').filter(|name| !name.is_empty()) {
            object = match object {
                Object::Group(group) => group.child(name)?,
                Object::Dataset(dataset) => {
                    return Err(Hdf5Error::new(dataset.path(), Fault::NotAGroup));
                }
            };
        }
        Ok(object)
    }

    /// The group at `path`.
    ///
    /// # Errors
    ///
    /// As for [`object`](Self::object); [`Fault::NotAGroup`] for datasets.
    pub fn group(&self, path: &str) -> std::result::Result<Self, Hdf5Error> {
        match self.object(path)? {
            Object::Group(group) => Ok(group),
            Object::Dataset(dataset) => Err(Hdf5Error::new(dataset.path(), Fault::NotAGroup)),
        }
    }

    /// The dataset at `path`.
    ///
    /// # Errors
    ///
    /// As for [`object`](Self::object); [`Fault::NotADataset`] for groups.
    pub fn dataset(&self, path: &str) -> std::result::Result<Dataset<'f>, Hdf5Error> {
        match self.object(path)? {
            Object::Dataset(dataset) => Ok(*dataset),
            Object::Group(group) => Err(Hdf5Error::new(group.path(), Fault::NotADataset)),
        }
    }

    /// Whether the object at `path` is a group. A dataset need not be readable.
    ///
    /// # Errors
    ///
    /// As for [`object`](Self::object), except that faults of a dataset are not noticed.
    pub fn is_group(&self, path: &str) -> std::result::Result<bool, Hdf5Error> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.group(parent)?;
        if name.is_empty() {
            return Ok(true);
        }
        let child = parent.path_of(name);
        parent
            .target(name)
            .and_then(|address| self.file.table(address))
            .map(|table| table.is_some())
            .map_err(|fault| Hdf5Error::new(child, fault))
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn target(&self, name: &str) -> Result<u64> {
        let link = self.table.find(name).ok_or(Fault::NotFound)?;
        match link.target {
            Target::Object(address) => Ok(address),
            Target::Path => Err(Fault::unsupported(link.offset, "a soft or external link")),
        }
    }

    fn child(&self, name: &str) -> std::result::Result<Object<'f>, Hdf5Error> {
        let path = self.path_of(name);
        self.target(name)
            .and_then(|address| self.open(address, &path))
            .map_err(|fault| Hdf5Error::new(path, fault))
    }

    fn open(&self, address: u64, path: &str) -> Result<Object<'f>> {
        let path = path.to_string();
        let offset = self.file.store().offset(address);
        let Some(table) = self.file.table(address)? else {
            let dataset = Dataset::open(self.file.store(), path, address)?;
            return Ok(Object::Dataset(Box::new(dataset)));
        };
        if self.ancestors.contains(&address) {
            let what = "group";
            return Err(Fault::Cycle { offset, what });
        }
        let limit = self.file.store().limits().depth;
        if self.ancestors.len() > limit {
            let (what, limit) = ("groups of a path", limit as u64);
            return Err(Fault::Limit {
                offset,
                what,
                limit,
            });
        }
        let mut ancestors = self.ancestors.clone();
        ancestors.push(address);
        Ok(Object::Group(Self {
            file: self.file,
            path,
            ancestors,
            table,
        }))
    }
}
