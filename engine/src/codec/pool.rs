//! Planes that are used again once nobody looks at them any more.

use crate::frame::Planes;
use std::sync::Arc;

/// How many planes a pool remembers. A picture in flight is held by the self view, by one encoder
/// a layer and by the slots between; beyond this, planes are simply allocated and freed.
const REMEMBERED: usize = 8;

/// Lends planes of one size at a time. Free when dropped; what was lent lives on.
#[derive(Debug, Default)]
pub struct Pool {
    size: (u32, u32),
    planes: Vec<Arc<Planes>>,
}

impl Pool {
    /// An empty pool.
    pub fn new() -> Pool {
        Pool::default()
    }

    /// Planes of `width` × `height`, filled by `fill`. They hold an older picture when `fill`
    /// gets them, or zeros. Allocates only while more pictures are in use than ever before.
    pub fn lend<E>(
        &mut self,
        width: u32,
        height: u32,
        fill: impl FnOnce(&mut Planes) -> Result<(), E>,
    ) -> Result<Arc<Planes>, E> {
        if self.size != (width, height) {
            self.planes.clear();
            self.size = (width, height);
        }
        if let Some(free) = self.planes.iter_mut().find(|planes| Arc::strong_count(planes) == 1)
            && let Some(planes) = Arc::get_mut(free)
        {
            fill(planes)?;
            return Ok(free.clone());
        }
        let mut planes = blank(width, height);
        fill(&mut planes)?;
        let planes = Arc::new(planes);
        if self.planes.len() < REMEMBERED {
            self.planes.push(planes.clone());
        }
        Ok(planes)
    }
}

/// Zeroed planes of a size.
pub fn blank(width: u32, height: u32) -> Planes {
    let luma = width as usize * height as usize;
    let chroma = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    Planes { y: vec![0; luma], u: vec![0; chroma], v: vec![0; chroma] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lend(pool: &mut Pool, size: (u32, u32)) -> Arc<Planes> {
        pool.lend(size.0, size.1, |_| Ok::<_, ()>(())).expect("fills")
    }

    #[test]
    fn planes_come_back_once_nobody_holds_them() {
        let mut pool = Pool::new();
        let first = lend(&mut pool, (64, 36));
        let second = lend(&mut pool, (64, 36));
        assert!(!Arc::ptr_eq(&first, &second), "a picture in use is not written over");
        let address = Arc::as_ptr(&first);
        drop(first);
        assert_eq!(Arc::as_ptr(&lend(&mut pool, (64, 36))), address);
    }

    #[test]
    fn another_size_gets_planes_of_its_own() {
        let mut pool = Pool::new();
        drop(lend(&mut pool, (64, 36)));
        let odd = lend(&mut pool, (5, 3));
        assert_eq!((odd.y.len(), odd.u.len(), odd.v.len()), (15, 6, 6));
    }
}
