//! QR codes (ISO/IEC 18004) as paths of SVG.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// A code: its side in modules, and the dark ones as a path.
pub(in crate::web) struct Qr {
    pub(in crate::web) size: usize,
    pub(in crate::web) path: String,
}

/// The code of a text; `None` when it is too long for one.
pub(in crate::web) fn qr(text: &str) -> Option<Qr> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let size = code.width();
    let mut path = String::new();
    for (row, colours) in code.to_colors().chunks(size).enumerate() {
        for (column, colour) in colours.iter().enumerate() {
            if *colour == Color::Dark {
                // Writing into a text cannot fail.
                let _ = write!(path, "M{column} {row}h1v1h-1z");
            }
        }
    }
    Some(Qr { size, path })
}
