//! Servers and clients that others wrote.
