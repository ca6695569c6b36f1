//! Rounds in turn: floor, product, floor, product. The machine is shared, so each round is judged by its own floor.

use anyhow::Result;

use crate::figure::Spread;
use crate::stage::Options;

/// A round whose floor lies further than this from the median of all floors says more about the machine than about us.
const MOVED: f64 = 0.15;

/// Rounds that count, each with its floor.
pub(crate) struct Kept<T> {
    rounds: Vec<(f64, T)>,
    discarded: Vec<T>,
}

impl<T> Kept<T> {
    /// Spread of one number of the rounds.
    pub(crate) fn spread(&self, of: impl Fn(&T) -> f64) -> Spread {
        Spread::of(self.rounds.iter().map(|(_, round)| of(round)), self.discarded.len())
    }

    /// Spread of the floors.
    pub(crate) fn floor(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|(floor, _)| *floor), self.discarded.len())
    }

    /// Spread of the ratios, each of one round.
    pub(crate) fn ratio(&self, of: impl Fn(&T) -> f64) -> Spread {
        Spread::of(self.rounds.iter().map(|(floor, round)| of(round) / floor), self.discarded.len())
    }

    /// What all rounds gave: promises hold in those that do not count, too.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.rounds().chain(&self.discarded)
    }

    /// What the rounds that count gave.
    pub(crate) fn rounds(&self) -> impl Iterator<Item = &T> {
        self.rounds.iter().map(|(_, round)| round)
    }
}

/// Measures floor and product in turn. Rounds whose floor moved are discarded, counted and repeated, up to as many
/// again as were asked for.
///
/// # Errors
/// Those of either measurement, and when no two floors were alike.
pub(crate) async fn in_turn<T>(
    options: &Options,
    mut floor: impl AsyncFnMut() -> Result<f64>,
    mut product: impl AsyncFnMut() -> Result<T>,
) -> Result<Kept<T>> {
    let mut rounds = Vec::new();
    while rounds.len() < options.rounds * 2 {
        let below = floor().await?;
        rounds.push((below, product().await?));
        let middle = Spread::of(rounds.iter().map(|(floor, _)| *floor), 0).median;
        let n_good = rounds.iter().filter(|(floor, _)| is_near(*floor, middle)).count();
        if n_good >= options.rounds {
            break;
        }
    }
    let middle = Spread::of(rounds.iter().map(|(floor, _)| *floor), 0).median;
    let (rounds, moved): (Vec<_>, Vec<_>) = rounds.into_iter().partition(|(floor, _)| is_near(*floor, middle));
    anyhow::ensure!(!rounds.is_empty(), "the floor moved too much in all {} rounds", moved.len());
    Ok(Kept { rounds, discarded: moved.into_iter().map(|(_, round)| round).collect() })
}

/// Measures something without a floor as often as was asked for.
///
/// # Errors
/// Those of the measurement.
pub(crate) async fn repeated<T>(options: &Options, mut product: impl AsyncFnMut() -> Result<T>) -> Result<Vec<T>> {
    let mut rounds = Vec::new();
    while rounds.len() < options.rounds {
        rounds.push(product().await?);
    }
    Ok(rounds)
}

fn is_near(floor: f64, middle: f64) -> bool {
    (floor - middle).abs() <= MOVED * middle
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn kept(rounds: usize, floors: &[f64]) -> Result<Kept<usize>> {
        let options =
            Options { rounds, round: Duration::ZERO, tickets: 0, release: false, temporal_on_postgres: false };
        let (mut floors, mut n) = (floors.iter().copied(), 0);
        let floor = async || floors.next().ok_or_else(|| anyhow::anyhow!("no more rounds were due"));
        in_turn(&options, floor, async || {
            n += 1;
            Ok(n)
        })
        .await
    }

    #[tokio::test]
    async fn a_round_whose_floor_moved_is_repeated_and_counted() -> Result<()> {
        let kept = kept(3, &[100.0, 50.0, 101.0, 99.0]).await?;
        assert_eq!(kept.rounds().copied().collect::<Vec<_>>(), [1, 3, 4]);
        assert_eq!((kept.discarded.as_slice(), kept.floor().median), (&[2][..], 100.0));
        assert_eq!(kept.ratio(|_| 50.0).max, 50.0 / 99.0);
        Ok(())
    }

    #[tokio::test]
    async fn a_machine_that_is_never_quiet_ends_after_twice_the_rounds() -> Result<()> {
        let restless = kept(2, &[1.0, 2.0, 4.0, 8.0]).await;
        assert!(restless.is_err(), "no floor was near the others");
        assert_eq!(kept(2, &[10.0, 20.0, 10.0]).await?.discarded.len(), 1);
        Ok(())
    }
}
