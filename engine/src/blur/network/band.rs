//! A few rows of a picture, padded, as a window sees them while it moves down.

/// How a window of odd size moves over a picture under TensorFlow's SAME padding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub kernel: usize,
    pub stride: usize,
}

impl Window {
    /// The size after, and the padding before.
    pub fn same(self, size: usize) -> (usize, usize) {
        let after = size.div_ceil(self.stride);
        (after, ((after - 1) * self.stride + self.kernel).saturating_sub(size) / 2)
    }
}

/// Holds the newest rows, each computed once; what lies outside the picture is zero.
pub(super) struct Band {
    window: Window,
    height: usize,
    /// Padding above, and the values of padding to the left.
    above: usize,
    left: usize,
    /// Values in a row, without and with padding.
    row: usize,
    padded: usize,
    /// `kernel` rows, then one of zeros.
    values: Vec<f32>,
    /// The next row of the picture to come in.
    next: usize,
}

impl Band {
    /// For pictures of `height` × `width` pixels of `channels` values.
    pub fn new(window: Window, height: usize, width: usize, channels: usize) -> Band {
        let (_, above) = window.same(height);
        let (columns, before) = window.same(width);
        let row = width * channels;
        let seen = (columns - 1) * window.stride + window.kernel;
        let padded = seen.max(before + width) * channels;
        let values = vec![0.0; (window.kernel + 1) * padded];
        Band { window, height, above, left: before * channels, row, padded, values, next: 0 }
    }

    /// Starts at the top of another picture.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    /// Moves to the window of output row `y`, `fill`ing rows that are not there yet.
    pub fn advance(&mut self, y: usize, mut fill: impl FnMut(usize, &mut [f32])) {
        let end = (y * self.window.stride + self.window.kernel).saturating_sub(self.above);
        while self.next < end.min(self.height) {
            let start = self.next % self.window.kernel * self.padded + self.left;
            fill(self.next, &mut self.values[start..start + self.row]);
            self.next += 1;
        }
    }

    /// The rows that the window of output row `y` sees; the first `kernel` of five.
    pub fn rows(&self, y: usize) -> [&[f32]; 5] {
        std::array::from_fn(|tap| {
            let row = (y * self.window.stride + tap).checked_sub(self.above);
            let slot = match row.filter(|&row| row < self.height) {
                Some(row) => row % self.window.kernel,
                None => self.window.kernel,
            };
            &self.values[slot * self.padded..(slot + 1) * self.padded]
        })
    }
}
