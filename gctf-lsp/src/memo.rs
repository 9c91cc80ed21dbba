//! A value that is kept beside what it was computed from.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps the last value of a computation.
#[derive(Debug, Default)]
pub struct Memo(Mutex<Option<Arc<dyn Any + Send + Sync>>>);

/// What was computed, and from what.
struct Kept<K, T> {
    from: K,
    value: Arc<T>,
}

impl Memo {
    /// What `make` makes of `key`: the value of the last time if that had an equal one.
    pub fn get<K, T>(&self, key: K, make: impl FnOnce(&K) -> T) -> Arc<T>
    where
        K: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.as_ref().and_then(|kept| kept.downcast_ref::<Kept<K, T>>());
        if let Some(before) = before.filter(|before| before.from == key) {
            return Arc::clone(&before.value);
        }
        let value = Arc::new(make(&key));
        *kept = Some(Arc::new(Kept {
            from: key,
            value: Arc::clone(&value),
        }));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn the_last_key_is_kept() {
        let memo = Memo::default();
        let mut made = 0;
        let mut get = |key: i32| {
            *memo.get(key, |key| {
                made += 1;
                key * 2
            })
        };
        assert_eq!([get(1), get(1), get(2), get(1)], [2, 2, 4, 2]);
        assert_eq!(made, 3);
        assert_eq!(*memo.get("a", |key| key.len()), 1);
    }
}
