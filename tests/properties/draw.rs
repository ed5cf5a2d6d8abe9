//! Choices made from a list of numbers, so that proptest shrinks whatever is built from them: a shorter list or a
//! smaller number is always the simpler choice.

use proptest::collection::vec;
use proptest::prelude::*;

/// The numbers that a case is made of.
pub(super) fn numbers(most: usize) -> impl Strategy<Value = Vec<u32>> {
    vec(any::<u32>(), 0..most)
}

/// Makes choices; past the end of the numbers it always takes the first, simplest one.
pub(super) struct Draw<'a> {
    numbers: std::slice::Iter<'a, u32>,
}

impl<'a> Draw<'a> {
    pub(super) fn new(numbers: &'a [u32]) -> Draw<'a> {
        Draw { numbers: numbers.iter() }
    }

    /// A number below `most`.
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.numbers.next().map_or(0, |number| *number as usize % most.max(1))
    }

    /// Yes in so many of a hundred cases; no in the simplest.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these.
    pub(super) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// Some of these, in their order; in the simplest case none.
    pub(super) fn some<T: Clone>(&mut self, from: &[T], percent: usize) -> Vec<T> {
        from.iter().filter(|_| self.chance(percent)).cloned().collect()
    }
}
