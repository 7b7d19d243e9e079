//! portero-hub
