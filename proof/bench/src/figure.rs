//! A figure: what was measured, its floor, its target, and how far the rounds lay apart.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::measure::Kept;

/// Middle and ends of what the rounds gave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) n: usize,
    /// Rounds that do not count because their own floor had moved.
    pub(crate) discarded: usize,
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// # Panics
    /// Never: without values everything is zero.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>, discarded: usize) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        let half = values.len() / 2;
        let median =
            if values.len().is_multiple_of(2) { f64::midpoint(at(half.saturating_sub(1)), at(half)) } else { at(half) };
        Self { n: values.len(), discarded, min: at(0), median, max: at(values.len().saturating_sub(1)) }
    }
}

/// One line of the report. The value is the median of its rounds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) id: String,
    pub(crate) metric: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    /// What the machine does at best for the same work, in the same unit, and what that was.
    pub(crate) floor: Option<f64>,
    pub(crate) denominator: Option<String>,
    /// Value over floor, of the same rounds.
    pub(crate) ratio: Option<f64>,
    pub(crate) target: Option<String>,
    pub(crate) met: Option<bool>,
    pub(crate) rounds: Spread,
    /// Why it falls short, or what else a reader must know.
    pub(crate) note: Option<String>,
}

impl Figure {
    /// Something that is counted, not timed: every round gives the same.
    pub(crate) fn count(id: &str, metric: &str, value: f64, unit: &str) -> Self {
        Self::spread(id, metric, unit, Spread::of([value], 0))
    }

    /// Something without a floor.
    pub(crate) fn spread(id: &str, metric: &str, unit: &str, rounds: Spread) -> Self {
        Self {
            id: id.to_owned(),
            metric: metric.to_owned(),
            value: rounds.median,
            unit: unit.to_owned(),
            floor: None,
            denominator: None,
            ratio: None,
            target: None,
            met: None,
            rounds,
            note: None,
        }
    }

    /// Something measured in turn with its floor.
    pub(crate) fn over<T>(
        id: &str,
        metric: &str,
        unit: &str,
        denominator: &str,
        kept: &Kept<T>,
        of: impl Fn(&T) -> f64,
    ) -> Self {
        let mut figure = Self::spread(id, metric, unit, kept.spread(&of));
        figure.floor = Some(kept.floor().median);
        figure.denominator = Some(denominator.to_owned());
        figure.ratio = Some(kept.ratio(&of).median);
        figure
    }

    pub(crate) fn at_least(self, bound: f64) -> Self {
        let met = self.value >= bound;
        self.target(format!("≥ {}", short(bound)), met)
    }

    pub(crate) fn at_most(self, bound: f64) -> Self {
        let met = self.value <= bound;
        self.target(format!("≤ {}", short(bound)), met)
    }

    pub(crate) fn ratio_at_least(self, bound: f64) -> Self {
        let met = self.ratio.is_some_and(|ratio| ratio >= bound);
        self.target(format!("ratio ≥ {}", short(bound)), met)
    }

    pub(crate) fn ratio_at_most(self, bound: f64) -> Self {
        let met = self.ratio.is_some_and(|ratio| ratio <= bound);
        self.target(format!("ratio ≤ {}", short(bound)), met)
    }

    /// Says what a reader must know beside the number.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn target(mut self, target: String, met: bool) -> Self {
        // A figure that must hold two bounds holds both or neither.
        self.met = Some(self.met.unwrap_or(true) && met);
        self.target = Some(self.target.map_or(target.clone(), |first| format!("{first}, {target}")));
        self
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.met {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "·",
        };
        let Self { metric, unit, rounds, .. } = self;
        write!(f, "{mark} {metric}: {} {unit} ({}–{}", short(self.value), short(rounds.min), short(rounds.max))?;
        write!(f, ", {} rounds, {} discarded)", rounds.n, rounds.discarded)?;
        if let (Some(floor), Some(ratio), Some(of)) = (self.floor, self.ratio, &self.denominator) {
            write!(f, "; {of} {}, ratio {}", short(floor), short(ratio))?;
        }
        self.target.as_ref().map_or(Ok(()), |target| write!(f, "; target {target}"))
    }
}

/// A number as people read it: three digits that mean something.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size >= 0.1 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_middle_and_ends() {
        let spread = |values: &[f64]| {
            let spread = Spread::of(values.iter().copied(), 0);
            (spread.min, spread.median, spread.max)
        };
        assert_eq!(spread(&[3.0, 1.0, 2.0]), (1.0, 2.0, 3.0));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), (1.0, 2.5, 4.0));
        assert_eq!(spread(&[7.0]), (7.0, 7.0, 7.0));
    }

    #[test]
    fn a_figure_with_two_bounds_meets_both_or_neither() {
        let figure = |value| Figure::count("X", "x", value, "ms");
        assert_eq!(figure(2.0).at_least(1.0).at_most(3.0).met, Some(true));
        assert_eq!(figure(4.0).at_least(1.0).at_most(3.0).met, Some(false));
        assert_eq!(figure(0.5).at_least(1.0).at_most(3.0).met, Some(false));
        assert_eq!(figure(2.0).met, None);
        assert_eq!(figure(2.0).ratio_at_least(0.5).met, Some(false), "without a floor nothing is met");
    }
}
