//! What a user of the binary may rely on: the same answer every time, bad input told clearly,
//! nothing half published, and nobody's name in a message.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod asked;
mod bad_input;
mod commands;
mod determinism;
mod imported;
mod killed;
mod kinfold;
mod labels;
mod looked;
mod measured;
mod memory;
mod nights;
mod quiet;
mod rarity;
mod relatives;
mod shielded;
mod sifted;
mod small;
mod together;
