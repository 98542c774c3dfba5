//! What a user of the binary may rely on: the same answer every time, bad input told clearly,
//! nothing half published, and nobody's name in a message.

mod bad_input;
mod commands;
mod determinism;
mod kinfold;
mod killed;
mod quiet;
