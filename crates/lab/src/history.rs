//! Where a timeline can be taken up again: worlds kept every so many steps.

use net::World;

/// Steps between checkpoints at first.
const SPACING: u32 = 64;
/// Checkpoints kept; when there are more, every other one goes and the spacing doubles, so that 100,000 steps are
/// never more than 512 away from one, and memory stays bounded however long the run.
const KEPT: usize = 256;

/// Checkpoints of a timeline, by step. The first, at step 0, always stays.
#[derive(Clone, Debug)]
pub(crate) struct History {
    kept: Vec<(u32, World)>,
    spacing: u32,
}

impl History {
    pub(crate) fn new(start: World) -> History {
        History { kept: vec![(0, start)], spacing: SPACING }
    }

    /// Keeps the world at `step`, if it is time for that.
    pub(crate) fn offer(&mut self, step: u32, world: &World) {
        let last = self.kept.last().map_or(0, |(s, _)| *s);
        if !step.is_multiple_of(self.spacing) || step <= last {
            return;
        }
        self.kept.push((step, world.clone()));
        if self.kept.len() > KEPT {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.kept.retain(|(s, _)| s.is_multiple_of(spacing));
        }
    }

    /// The last checkpoint at or before `step`.
    pub(crate) fn before(&self, step: u32) -> (u32, &World) {
        let after = self.kept.partition_point(|(s, _)| *s <= step);
        let (at, world) = &self.kept[after.saturating_sub(1)];
        (*at, world)
    }

    /// The checkpoints up to `step`: the beginning of another timeline.
    pub(crate) fn fork(&self, step: u32) -> History {
        let keep = self.kept.iter().filter(|(s, _)| *s <= step).cloned().collect();
        History { kept: keep, spacing: self.spacing }
    }

    /// Only the start stays; the rest can be made again.
    pub(crate) fn forget(&mut self) {
        self.kept.truncate(1);
        self.spacing = SPACING;
    }
}
