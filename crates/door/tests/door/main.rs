//! A door against a real hub, through real sockets and files.

mod live;
mod place;
mod program;
