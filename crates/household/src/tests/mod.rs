//! Invented people at invented addresses, and the households expected of them.

mod cases;
mod periods;
mod properties;
mod town;
