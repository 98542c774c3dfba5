//! Tells how far reading has come, and keeps the checksum of what was read.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

/// Hears how far reading has come. Files are read in parallel, so calls interleave.
pub trait Progress: Sync {
    /// A file of so many bytes is begun.
    fn start(&self, file: &str, bytes: u64);

    /// So many more bytes, of any file, have been read.
    fn advance(&self, bytes: u64);

    /// A file is done, and held so many rows.
    fn finish(&self, file: &str, rows: u64);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _file: &str, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn finish(&self, _file: &str, _rows: u64) {}
}

/// Counts and sums the bytes of one file as they go by.
pub(crate) struct Meter<'a> {
    /// Nobody, if nothing is to be counted.
    progress: Option<&'a dyn Progress>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sum: Sha256,
    read: u64,
    /// What was told already: a file read twice, for its encoding, is told once.
    told: u64,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(progress: &'a dyn Progress) -> Meter<'a> {
        Meter { progress: Some(progress), state: Mutex::default() }
    }

    /// For a look at a file that counts nothing.
    pub(crate) fn idle() -> Meter<'a> {
        Meter { progress: None, state: Mutex::default() }
    }

    /// Whether bytes are counted.
    pub(crate) fn counts(&self) -> bool {
        self.progress.is_some()
    }

    /// Takes note of the file's next bytes.
    pub(crate) fn add(&self, bytes: &[u8]) {
        let Some(progress) = self.progress else {
            return;
        };
        let mut state = self.state();
        state.sum.update(bytes);
        state.read += bytes.len() as u64;
        let news = state.read.saturating_sub(state.told);
        state.told += news;
        drop(state);
        if news > 0 {
            progress.advance(news);
        }
    }

    /// Begins the file again.
    pub(crate) fn restart(&self) {
        let mut state = self.state();
        state.sum = Sha256::default();
        state.read = 0;
    }

    /// The number of bytes, and their SHA-256 in hexadecimal.
    pub(crate) fn finish(self) -> (u64, String) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut hex = String::with_capacity(64);
        for byte in state.sum.finalize() {
            for digit in [byte >> 4, byte & 15] {
                hex.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        (state.read, hex)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begun_again_is_summed_once() {
        let meter = Meter::new(&Silent);
        meter.add(b"some");
        meter.restart();
        meter.add(b"ab");
        meter.add(b"c");
        let (bytes, sum) = meter.finish();
        assert_eq!(bytes, 3);
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
