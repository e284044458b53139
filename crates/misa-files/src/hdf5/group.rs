//! Groups: names that lead to datasets and to further groups.

use std::rc::Rc;

use super::dataset::Dataset;
use super::error::{Fault, Hdf5Error, Result};
use super::file::Hdf5;
use super::link::{Link, Target};

/// The links of a group, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Table {
    links: Vec<Link>,
    /// Numbers of the links, sorted by name.
    sorted: Vec<usize>,
}

impl Table {
    /// The links of the group at `offset`, if no name is there twice.
    pub fn new(links: Vec<Link>, offset: u64) -> Result<Self> {
        let mut sorted: Vec<usize> = (0..links.len()).collect();
        sorted.sort_by(|&a, &b| links[a].name.cmp(&links[b].name));
        let same = |pair: &[usize]| links[pair[0]].name == links[pair[1]].name;
        if sorted.windows(2).any(same) {
            let what = "one name";
            return Err(Fault::Twice { offset, what });
        }
        Ok(Self { links, sorted })
    }

    fn find(&self, name: &str) -> Option<&Link> {
        let place = self
            .sorted
            .binary_search_by(|&link| self.links[link].name.as_str().cmp(name));
        place.ok().map(|place| &self.links[self.sorted[place]])
    }
}

/// A group of a file.
#[derive(Clone, Debug)]
pub struct Group<'f> {
    file: &'f Hdf5<'f>,
    path: String,
    /// Addresses of the groups on the way here, this one included.
    way: Vec<u64>,
    table: Rc<Table>,
}

/// What a name in a group stands for.
#[derive(Clone, Debug)]
pub enum Object<'f> {
    /// Further names.
    Group(Group<'f>),
    /// Values.
    Dataset(Box<Dataset<'f>>),
}

impl<'f> Group<'f> {
    pub(super) fn root(file: &'f Hdf5<'f>, address: u64, table: Rc<Table>) -> Self {
        Self {
            file,
            path: String::new(),
            way: vec![address],
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

    /// Whether this group has the name `name`, which is no path.
    pub fn contains(&self, name: &str) -> bool {
        self.table.find(name).is_some()
    }

    /// What is at `path`: names from here on, joined by `/`.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`], [`Fault::NotAGroup`] when the path goes on below a dataset,
    /// [`Fault::Cycle`] when it leads back to a group that it comes from, [`Fault::Unsupported`]
    /// for links that are paths themselves, and everything that can be wrong with the file.
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
    /// As [`object`](Self::object); [`Fault::NotAGroup`] for datasets.
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
    /// As [`object`](Self::object); [`Fault::NotADataset`] for groups.
    pub fn dataset(&self, path: &str) -> std::result::Result<Dataset<'f>, Hdf5Error> {
        match self.object(path)? {
            Object::Dataset(dataset) => Ok(*dataset),
            Object::Group(group) => Err(Hdf5Error::new(group.path(), Fault::NotADataset)),
        }
    }

    /// Whether a group is at `path`; a dataset that cannot be read is none.
    ///
    /// # Errors
    ///
    /// As [`object`](Self::object), but what is wrong with a dataset is not looked for.
    pub fn is_group(&self, path: &str) -> std::result::Result<bool, Hdf5Error> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.group(parent)?;
        if name.is_empty() {
            return Ok(true);
        }
        let child = parent.path_of(name);
        let target = parent.target(name);
        let table = target.and_then(|address| self.file.table(address));
        Ok(table
            .map_err(|fault| Hdf5Error::new(child, fault))?
            .is_some())
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn target(&self, name: &str) -> Result<u64> {
        let link = self.table.find(name).ok_or(Fault::NotFound)?;
        match link.target {
            Target::Object(address) => Ok(address),
            Target::Path => Err(Fault::unsupported(link.offset, "a link to a path")),
        }
    }

    fn child(&self, name: &str) -> std::result::Result<Object<'f>, Hdf5Error> {
        let path = self.path_of(name);
        match self
            .target(name)
            .and_then(|address| self.open(address, &path))
        {
            Ok(object) => Ok(object),
            Err(fault) => Err(Hdf5Error::new(path, fault)),
        }
    }

    fn open(&self, address: u64, path: &str) -> Result<Object<'f>> {
        let path = path.to_owned();
        let offset = self.file.store().offset(address);
        let Some(table) = self.file.table(address)? else {
            let dataset = Dataset::open(self.file.store(), path, address)?;
            return Ok(Object::Dataset(Box::new(dataset)));
        };
        if self.way.contains(&address) {
            let what = "group";
            return Err(Fault::Cycle { offset, what });
        }
        let limit = self.file.store().limits().depth;
        if self.way.len() > limit {
            let (what, limit) = ("groups on the way", limit as u64);
            return Err(Fault::Limit {
                offset,
                what,
                limit,
            });
        }
        let mut way = self.way.clone();
        way.push(address);
        Ok(Object::Group(Self {
            file: self.file,
            path,
            way,
            table,
        }))
    }
}
