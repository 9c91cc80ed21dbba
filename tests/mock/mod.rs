//! The mock, exercised by independent clients.
