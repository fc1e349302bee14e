//! Where a timeline can be taken up again: worlds kept every so many steps.

use crate::ledger::Ledger;
use crate::list::PIECE;
use crate::view::HistoryView;
use net::World;

/// Steps between checkpoints at first.
const SPACING: u32 = 64;
/// Checkpoints kept; when there are more, every other one goes and the spacing doubles: 100,000 steps are never more
/// than 512 away from one, if memory allows.
const KEPT: usize = 256;
/// Octets that checkpoints may weigh (`World::weight_beside`); a bulk transfer keeps a bandwidth-delay product in each.
const WEIGHT: usize = 9 << 20;

/// Checkpoints of a timeline, by step. The first, at step 0, always stays.
#[derive(Clone, Debug)]
pub(crate) struct History {
    kept: Vec<Checkpoint>,
    spacing: u32,
    weight: usize,
}

#[derive(Clone, Debug)]
struct Checkpoint {
    step: u32,
    world: World,
    weight: usize,
}

impl History {
    pub(crate) fn new(start: World) -> History {
        let kept = vec![Checkpoint { step: 0, world: start, weight: 0 }];
        History { kept, spacing: SPACING, weight: 0 }
    }

    /// Keeps the world at `step`, if it is time for that.
    pub(crate) fn offer(&mut self, step: u32, world: &World) {
        let Some(last) = self.kept.last() else { return };
        if !step.is_multiple_of(self.spacing) || step <= last.step {
            return;
        }
        let weight = world.weight_beside(&last.world);
        self.kept.push(Checkpoint { step, world: world.clone(), weight });
        self.weight += weight;
        // With two left nothing can be gained by thinning, however heavy they are.
        while self.kept.len() > KEPT || self.weight > WEIGHT && self.kept.len() > 2 {
            self.spacing = self.spacing.saturating_mul(2);
            let spacing = self.spacing;
            self.kept.retain(|c| c.step.is_multiple_of(spacing));
            self.weight = self.kept.iter().map(|c| c.weight).sum();
        }
    }

    /// The last checkpoint at or before `step`.
    pub(crate) fn before(&self, step: u32) -> (u32, &World) {
        let after = self.kept.partition_point(|c| c.step <= step);
        let checkpoint = &self.kept[after.saturating_sub(1)];
        (checkpoint.step, &checkpoint.world)
    }

    /// The checkpoints up to `step`: the beginning of another timeline.
    pub(crate) fn fork(&self, step: u32) -> History {
        let kept: Vec<Checkpoint> = self.kept.iter().filter(|c| c.step <= step).cloned().collect();
        let weight = kept.iter().map(|c| c.weight).sum();
        History { kept, spacing: self.spacing, weight }
    }

    /// How much there is of it.
    pub(crate) fn view(&self, ledger: &Ledger) -> HistoryView {
        let (records, aside, marks_aside) = ledger.weight();
        HistoryView {
            checkpoints: self.kept.len() as u32,
            spacing: self.spacing,
            first_spacing: SPACING,
            weight: self.weight as f64,
            most: WEIGHT as f64,
            records: records as f64,
            aside: (aside * PIECE) as f64,
            marks_aside: (marks_aside * PIECE) as f64,
        }
    }

    /// Only the start stays; the rest can be made again.
    pub(crate) fn forget(&mut self) {
        self.kept.truncate(1);
        (self.spacing, self.weight) = (SPACING, 0);
    }
}
