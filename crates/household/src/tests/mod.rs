//! Invented people at invented addresses, and the households expected of them.

mod apart;
mod cases;
mod exposed;
mod past;
mod periods;
mod properties;
mod town;
