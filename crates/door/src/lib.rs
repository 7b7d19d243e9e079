//! What a door laptop knows and does.

pub mod view;
