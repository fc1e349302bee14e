//! Tables that a clone of the host shares with it until one of the two writes: history keeps a host at every
//! thousandth step, and a prediction clones one for a single segment.

use crate::SockId;
use crate::sock::Sock;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

const BITS: u32 = 6;
const FAN: usize = 1 << BITS;

type Page = [Option<Rc<Sock>>; FAN];
type Middle = [Option<Rc<Page>>; FAN];

/// Sockets by id: a radix tree of three levels. Ids are never used twice, so emptied branches are cut.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sockets {
    root: Vec<Option<Rc<Middle>>>,
    len: usize,
    next: u32,
}

const fn split(id: SockId) -> (usize, usize, usize) {
    let n = id.0 as usize;
    (n >> (2 * BITS), n >> BITS & (FAN - 1), n & (FAN - 1))
}

impl Sockets {
    /// The id that the next socket gets; counted from 1.
    pub(crate) fn fresh_id(&mut self) -> SockId {
        self.next += 1;
        SockId(self.next)
    }
    pub(crate) fn get(&self, id: SockId) -> Option<&Sock> {
        let (a, b, c) = split(id);
        self.root.get(a)?.as_ref()?[b].as_ref()?[c].as_deref()
    }
    #[inline]
    pub(crate) fn get_mut(&mut self, id: SockId) -> Option<&mut Sock> {
        let (a, b, c) = split(id);
        let middle = own(self.root.get_mut(a)?.as_mut()?);
        let page = own(middle[b].as_mut()?);
        page[c].as_mut().map(own)
    }
    pub(crate) fn insert(&mut self, sock: Sock) {
        let (a, b, c) = split(sock.id);
        if self.root.len() <= a {
            self.root.resize(a + 1, None);
        }
        let middle = self.root[a].get_or_insert_with(|| Rc::new([const { None }; FAN]));
        let page = own(middle)[b].get_or_insert_with(|| Rc::new([const { None }; FAN]));
        let slot = &mut own(page)[c];
        debug_assert!(slot.is_none(), "socket id used twice");
        *slot = Some(Rc::new(sock));
        self.len += 1;
    }
    /// Takes a socket out; gives it back when there was one.
    pub(crate) fn remove(&mut self, id: SockId) -> Option<Rc<Sock>> {
        let (a, b, c) = split(id);
        let middle = own(self.root.get_mut(a)?.as_mut()?);
        let page = own(middle[b].as_mut()?);
        let sock = page[c].take()?;
        self.len -= 1;
        if page.iter().all(Option::is_none) {
            middle[b] = None;
            if middle.iter().all(Option::is_none) {
                self.root[a] = None;
            }
        }
        Some(sock)
    }
    /// In order of id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Sock> {
        self.root
            .iter()
            .flatten()
            .flat_map(|m| m.iter().flatten())
            .flat_map(|p| p.iter().flatten())
            .map(|s| &**s)
    }
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// What is behind `shared`, to be written to: a copy of it where somebody else has it too. As [`Rc::make_mut`], but small
/// enough to be part of its caller.
///
/// # Panics
/// Never.
#[inline]
pub fn own<T: Clone>(shared: &mut Rc<T>) -> &mut T {
    if Rc::get_mut(shared).is_none() {
        part(shared);
    }
    Rc::get_mut(shared).expect("nobody else has what was just made")
}

#[cold]
#[inline(never)]
fn part<T: Clone>(shared: &mut Rc<T>) {
    *shared = Rc::new(T::clone(shared));
}

const SHARDS: usize = 256;

/// A hash table in shards, each shared until written to. There is no way to iterate over it: the order of a
/// hash table must not decide anything.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    shards: Vec<Rc<Shard<K, V>>>,
    len: usize,
}

/// What falls together: a handful, found by a walk over their hashes.
#[derive(Clone, Debug)]
struct Shard<K, V> {
    hashes: Vec<u32>,
    rows: Vec<(K, V)>,
}

impl<K: Eq, V> Shard<K, V> {
    #[inline]
    fn place(&self, hash: u32, key: &K) -> Option<usize> {
        let same = |n: &usize| self.hashes[*n] == hash && self.rows[*n].0 == *key;
        (0..self.hashes.len().min(self.rows.len())).find(same)
    }
    fn push(&mut self, hash: u32, key: K, value: V) {
        self.hashes.push(hash);
        self.rows.push((key, value));
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Default for Table<K, V> {
    fn default() -> Self {
        let empty = Rc::new(Shard { hashes: Vec::new(), rows: Vec::new() });
        Table { shards: vec![empty; SHARDS], len: 0 }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Table<K, V> {
    /// The shard of a key, and its hash.
    #[inline]
    fn of(key: &K) -> (usize, u32) {
        // On wasm32 the hasher fills the lower half only.
        let hash = FxBuildHasher.hash_one(key) as u32;
        (hash as usize >> 16 & (SHARDS - 1), hash)
    }
    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let (at, hash) = Self::of(key);
        let shard = &self.shards[at];
        shard.place(hash, key).map(|n| &shard.rows[n].1)
    }
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let (at, hash) = Self::of(key);
        let shard = &mut self.shards[at];
        let n = shard.place(hash, key)?;
        Some(&mut own(shard).rows[n].1)
    }
    pub(crate) fn entry_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let (at, hash) = Self::of(&key);
        let shard = own(&mut self.shards[at]);
        let n = shard.place(hash, &key).unwrap_or_else(|| {
            self.len += 1;
            shard.push(hash, key, V::default());
            shard.rows.len() - 1
        });
        &mut shard.rows[n].1
    }
    /// Gives back what stood there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (at, hash) = Self::of(&key);
        let shard = own(&mut self.shards[at]);
        if let Some(n) = shard.place(hash, &key) {
            return Some(std::mem::replace(&mut shard.rows[n].1, value));
        }
        shard.push(hash, key, value);
        self.len += 1;
        None
    }
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (at, hash) = Self::of(key);
        let n = self.shards[at].place(hash, key)?;
        let shard = own(&mut self.shards[at]);
        shard.hashes.swap_remove(n);
        self.len -= 1;
        Some(shard.rows.swap_remove(n).1)
    }
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// A small table in the order of its keys, in one piece of memory: for what a host has a handful of. Keys mostly come in
/// rising, so that most of them go in at the end. Much smaller in wasm than a tree.
#[derive(Clone, Debug)]
pub struct Sorted<K, V>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Sorted(Vec::new())
    }
}

impl<K: Ord, V> Sorted<K, V> {
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(k, _)| k.cmp(key))
    }
    /// What stands at `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|at| &self.0[at].1)
    }
    /// What stands at `key`, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).ok().map(|at| &mut self.0[at].1)
    }
    /// What stands at `key`; `first` is put there where nothing does.
    pub fn entry(&mut self, key: K, first: V) -> &mut V {
        let at = self.place(&key).unwrap_or_else(|at| {
            self.0.insert(at, (key, first));
            at
        });
        &mut self.0[at].1
    }
    /// Puts `value` at `key`, over what stood there.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }
    /// Takes out what stands at `key`.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|at| self.0.remove(at).1)
    }
    /// Keeps only those for which `keeps` says so.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(k, v)| keeps(k, v));
    }
    /// In the order of keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator {
        self.0.iter().map(|(k, v)| (k, v))
    }
    /// From a key on, in the order of keys.
    pub(crate) fn from(&self, key: &K) -> impl Iterator<Item = (&K, &V)> {
        let at = self.0.partition_point(|(k, _)| k < key);
        self.0[at..].iter().map(|(k, v)| (k, v))
    }
    /// In the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.iter().map(|(_, v)| v)
    }
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
    /// Everything, in the order of keys.
    pub(crate) fn into_list(self) -> Vec<(K, V)> {
        self.0
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Sorted<K, V> {
    /// Of two with the same key the later counts.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        let mut table = Sorted::default();
        for (key, value) in all {
            table.insert(key, value);
        }
        table
    }
}
