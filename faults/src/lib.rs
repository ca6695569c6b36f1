//! Places where a test ends the process or disturbs an activity. Builds without debug assertions, which is every
//! release build, contain none of them: the macro expands to nothing there.
//!
//! | Variable | What it does |
//! |---|---|
//! | `SHEPHERD_CRASH_AT=NAME#N` | the process kills itself with SIGKILL when it comes to that place for the N-th time |
//! | `SHEPHERD_FREEZE_AT=NAME#N` | it stops itself there with SIGSTOP, until it is sent SIGCONT |
//! | `SHEPHERD_PANIC_AT=NAME#N` | it panics there, as a bug would |
//! | `SHEPHERD_CRASH_LOG=FILE` | every place that is reached is appended to the file, a line each |
//! | `SHEPHERD_DISTURB=ACTIVITY=KIND` | the first execution of that activity is disturbed, see [`Disturbance`] |

mod crash;
mod disturbance;

pub use crash::reached;
pub use disturbance::{Disturbance, disturbance};

/// Names a place. The name is formatted only while a test asks for places.
#[macro_export]
macro_rules! crash_point {
    ($($name:tt)+) => {
        #[cfg(debug_assertions)]
        $crate::reached(format_args!($($name)+));
    };
}
