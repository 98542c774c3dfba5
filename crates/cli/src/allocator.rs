//! Has the allocator give back memory that is let go.

use std::env;
use std::process::Command;

/// How many milliseconds the allocator keeps memory that was let go; it has a second if nobody says.
const SETTING: &str = "MIMALLOC_PURGE_DELAY";

/// Has memory given back as soon as it is let go, unless whoever started the program says otherwise:
/// within a second a stage asks for as much elsewhere, and a run would take a third more.
///
/// The allocator reads this once, before anything else is done. So the program takes its own place,
/// told; where it cannot, it goes on as it is.
pub(crate) fn give_back_at_once() {
    #[cfg(unix)]
    if env::var_os(SETTING).is_none()
        && let Ok(program) = env::current_exe()
    {
        use std::os::unix::process::CommandExt;
        let _failed = Command::new(program).args(env::args_os().skip(1)).env(SETTING, "0").exec();
    }
}
