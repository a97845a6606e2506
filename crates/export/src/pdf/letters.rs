//! Texts as lines of letters.

use crate::ExportError;
use crate::Language;
use crate::document::{Direction, direction};
use parley::fontique::{Blob, Collection, CollectionOptions};
use parley::layout::{Alignment, AlignmentOptions, Layout};
use parley::style::{FontFamily, FontWeight, LineHeight, StyleProperty};
use parley::{BaseDirection, FontContext, LayoutContext};
use skrifa::{FontRef, MetadataProvider as _};
use std::fmt::Write as _;
use std::sync::Arc;

/// What the fonts call their family.
const FAMILY: &str = "DejaVu Sans";
/// Persian letters reach far below and above their line.
const LINE_HEIGHT: f32 = 1.5;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hand {
    /// In points.
    pub size: f32,
    /// True for thick letters.
    pub bold: bool,
    /// In which colour.
    pub ink: Ink,
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// For what is read.
    Black,
    /// For what stands around it.
    Grey,
    /// For headings.
    Blue,
    /// For warnings.
    Red,
}

/// A text in lines of a width.
pub struct Laid {
    /// What it says; letters that the font has not are spelled out.
    pub text: String,
    /// How it is written.
    pub hand: Hand,
    /// Its lines.
    pub layout: Layout<()>,
}

impl Laid {
    /// The lines' heights, in points.
    pub fn heights(&self) -> Vec<f32> {
        self.layout.lines().map(|line| line.metrics().line_height).collect()
    }
}

/// Lays texts out.
pub struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Typesetter {
    /// With the fonts that are compiled in, and no others: a page looks the same everywhere.
    pub fn new() -> Result<Self, ExportError> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for font in [dejavu::sans::regular(), dejavu::sans::bold()] {
            let blob = Blob::new(Arc::new(font));
            if collection.register_fonts(blob, None).is_empty() {
                return Err(ExportError::Font);
            }
        }
        let font = |bytes| FontRef::new(bytes).map_err(|_| ExportError::Font);
        Ok(Self {
            fonts: FontContext { collection, ..FontContext::default() },
            layouts: LayoutContext::new(),
            regular: font(dejavu::sans::regular())?,
            bold: font(dejavu::sans::bold())?,
        })
    }

    /// Lays a text out in lines of a width, in points, that begin where the text's direction does.
    pub fn lay(&mut self, text: &str, hand: Hand, width: f32, around: Language) -> Laid {
        self.lay_aligned(text, hand, width, around, Alignment::Start)
    }

    /// The same, in the middle or at the other end.
    pub fn lay_aligned(
        &mut self,
        text: &str,
        hand: Hand,
        width: f32,
        around: Language,
        alignment: Alignment,
    ) -> Laid {
        let text = self.drawable(text);
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::named(FAMILY)));
        builder.push_default(StyleProperty::FontSize(hand.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LINE_HEIGHT)));
        if hand.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        // A word that is longer than its line is cut.
        builder.push_default(StyleProperty::OverflowWrap(parley::style::OverflowWrap::Anywhere));
        builder.set_base_direction(match direction(&text, around) {
            Direction::LeftToRight => BaseDirection::Ltr,
            Direction::RightToLeft => BaseDirection::Rtl,
        });
        let mut layout = builder.build(&text);
        layout.break_all_lines(Some(width));
        layout.align(alignment, AlignmentOptions::default());
        Laid { text, hand, layout }
    }

    /// A text of which the font has every letter: others are spelled as their code, so that nothing is lost unseen.
    fn drawable(&self, text: &str) -> String {
        let (regular, bold) = (self.regular.charmap(), self.bold.charmap());
        let mut drawable = String::with_capacity(text.len());
        for c in text.chars() {
            // Joiners, marks of direction and selectors of variants have no shape of their own.
            let shapeless = matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}');
            if shapeless || (regular.map(c).is_some() && bold.map(c).is_some()) {
                drawable.push(c);
            } else {
                // Writing to a string does not fail.
                let _ = write!(drawable, "[U+{:04X}]", u32::from(c));
            }
        }
        drawable
    }
}
