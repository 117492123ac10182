//! The code that leads to the proof (ISO/IEC 18004), as a drawing.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use super::error::LetterError;

/// What a reader needs free around the code, in modules.
const MARGIN: usize = 4;

/// The code of a text as SVG: one path, so that it stays sharp and small. A quarter of it may be lost.
///
/// # Errors
/// [`LetterError::Data`] when the text is too long for a code.
pub fn svg(text: &str) -> Result<String, LetterError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q);
    let code = code.map_err(|_| {
        LetterError::Data("the address of its proof is too long for a code".to_owned())
    })?;
    let width = code.width();
    let side = width + 2 * MARGIN;
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + MARGIN, at / width + MARGIN);
            // Writing into a text cannot fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\"><path d=\"{path}\"/></svg>"
    ))
}
