//! A text as a picture that a camera reads.

use crate::Fail;
use qrcode::{Color, EcLevel, QrCode};

/// Pixels of one module.
const SCALE: usize = 6;
/// Modules of white around (ISO/IEC 18004 section 6.3.8).
const QUIET: usize = 4;

/// The picture of a text, as a PNG in shades of grey.
pub(crate) fn png(text: &str) -> Result<Vec<u8>, Fail> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Fail::Fault(format!("no picture of an address: {error}")))?;
    let modules = code.width();
    let side = (modules + 2 * QUIET) * SCALE;
    let colors = code.to_colors();
    let mut pixels = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let at = |pixel: usize| (pixel / SCALE).checked_sub(QUIET).filter(|module| *module < modules);
            let dark = matches!((at(x), at(y)), (Some(x), Some(y)) if colors[y * modules + x] == Color::Dark);
            pixels.push(if dark { 0 } else { 255 });
        }
    }
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    written.map_err(|error| Fail::Fault(format!("no picture of an address: {error}")))?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_square_and_has_finders_and_margins() {
        let uri =
            format!("otpauth://totp/{}:someone%40hospital.example?secret=GEZDGNBVGY3TQOJQ", "x".repeat(300));
        let bytes = png(&uri).ok().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        let mut pixels = vec![0; width * height];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(width, height);
        // White around, and the dark corner of the first finder behind it.
        assert!(pixels[..width * QUIET * SCALE].iter().all(|pixel| *pixel == 255));
        assert_eq!(pixels[(width + 1) * QUIET * SCALE], 0);
    }
}
