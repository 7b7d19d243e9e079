//! portero-door
