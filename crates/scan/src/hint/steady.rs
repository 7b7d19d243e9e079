//! From what each frame says to what is shown.

use crate::view::Hint;

/// Looks that are remembered: a third of a second, every pass of the decoder once.
const LOOKS: usize = 10;
/// A hint is shown once so many of them say it, and goes when fewer than [`LEAST`] do.
const ENOUGH: usize = 5;
/// See [`ENOUGH`].
const LEAST: usize = 3;

/// The looks of late, and what is shown.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    looks: [Option<Hint>; LOOKS],
    next: usize,
    shown: Option<Hint>,
}

impl Steady {
    /// What is shown after one more look.
    pub(crate) fn after(&mut self, hint: Option<Hint>) -> Option<Hint> {
        self.looks[self.next] = hint;
        self.next = (self.next + 1) % LOOKS;
        let times = |hint: Hint| self.looks.iter().filter(|&&h| h == Some(hint)).count();
        let most = self.looks.iter().flatten().copied().max_by_key(|&h| times(h));
        if let Some(most) = most.filter(|&h| times(h) >= ENOUGH) {
            self.shown = Some(most);
        } else if self.shown.is_some_and(|h| times(h) < LEAST) {
            self.shown = None;
        }
        self.shown
    }

    /// Something was read: nothing is said until there is reason again.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Hint::{Blurred, TooFar};

    #[test]
    fn it_takes_some_looks_to_come_and_does_not_flicker() {
        let mut steady = Steady::default();
        let mut shown = |looks: &[Option<Hint>]| looks.iter().fold(None, |_, &look| steady.after(look));
        assert_eq!(shown(&[Some(TooFar); 4]), None);
        assert_eq!(shown(&[None, Some(TooFar)]), Some(TooFar));
        let now_and_then = [None, Some(TooFar), Some(Blurred)].repeat(10);
        assert_eq!(shown(&now_and_then), Some(TooFar));
        assert_eq!(shown(&[Some(Blurred); 10]), Some(Blurred));
        assert_eq!(shown(&[None; 10]), None);
    }
}
