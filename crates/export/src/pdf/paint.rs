//! Pages as PDF.

use super::letters::{Hand, Ink, Laid, Typesetter};
use super::pages::{PAGE, SIDE, Sheets, WIDTH};
use super::tags::Part;
use crate::ExportError;
use crate::dates::number;
use crate::document::{Direction, Document};
use crate::labels::filled;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::layout::{Alignment, Glyph, Run};
use std::ops::Range;

const AROUND: Hand = Hand { size: 8.5, bold: false, ink: Ink::Grey };
const WARNING: Hand = Hand { size: 11.0, bold: true, ink: Ink::Red };

struct Fonts {
    regular: Font,
    bold: Font,
}

/// Paints all pages.
pub fn paint(
    document: &Document,
    sheets: &Sheets,
    typesetter: &mut Typesetter,
) -> Result<Vec<u8>, ExportError> {
    let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).ok_or(ExportError::Font);
    let fonts = Fonts { regular: font(dejavu::sans::regular())?, bold: font(dejavu::sans::bold())? };
    let failed = |what: &str| ExportError::Pdf(what.to_owned());
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let configuration = configuration.finish().map_err(|_| failed("it cannot be configured"))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut pdf = krilla::Document::new_with(settings);
    let mut painted: Vec<(Part, Identifier)> = Vec::new();
    let mut outline = Outline::new();
    for (index, sheet) in sheets.pages.iter().enumerate() {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| failed("a page has no size"))?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        margins(document, (index, sheets.pages.len()), typesetter, &mut surface, &fonts);
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        for rule in &sheet.rules {
            line(&mut surface, rule.0);
        }
        surface.end_tagged();
        for text in &sheet.texts {
            let tag = match text.part {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
            };
            let leaf = surface.start_tagged(tag);
            letters(&mut surface, &text.laid, text.lines.clone(), text.at, &fonts);
            surface.end_tagged();
            painted.extend(text.part.map(|part| (part, leaf)));
        }
        surface.finish();
        page.finish();
        for (_, text, y) in sheet.headings.iter().filter(|(level, ..)| *level <= 2) {
            let place = XyzDestination::new(index, Point::from_xy(SIDE, *y));
            outline.push_child(OutlineNode::new(text.clone(), place));
        }
    }
    let language = document.language.code();
    pdf.set_outline(outline);
    pdf.set_tag_tree(sheets.tree.grown(painted, language));
    pdf.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .language(language.to_owned())
            .creator("Ward".to_owned())
            .text_direction(match document.language.direction() {
                Direction::LeftToRight => TextDirection::LeftToRight,
                Direction::RightToLeft => TextDirection::RightToLeft,
            }),
    );
    pdf.finish().map_err(|error| ExportError::Pdf(format!("{error:?}")))
}

/// What stands on every page: not part of what is read.
fn margins(
    document: &Document,
    (index, pages): (usize, usize),
    typesetter: &mut Typesetter,
    surface: &mut Surface<'_>,
    fonts: &Fonts,
) {
    let language = document.language;
    let counted = |value: usize| number(language, u64::try_from(value).unwrap_or(u64::MAX));
    let of = [("page", counted(index + 1)), ("pages", counted(pages))];
    let page = format!("{} · {}", document.foot, filled(language, "page_of", &of));
    // The hospital where a line begins, whose note it is where it ends.
    let [hospital, whose] = &document.head;
    let (near, far) = match language.direction() {
        Direction::LeftToRight => (Alignment::Left, Alignment::Right),
        Direction::RightToLeft => (Alignment::Right, Alignment::Left),
    };
    let half = WIDTH / 2.0 - 6.0;
    let (left, right) = (SIDE, SIDE + WIDTH - half);
    let (first, second) = if near == Alignment::Left { (left, right) } else { (right, left) };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Header)));
    for (text, alignment, x) in [(hospital, near, first), (whose, far, second)] {
        let laid = typesetter.lay_aligned(text, AROUND, half, language, alignment);
        let lines = 0..laid.layout.len().min(2);
        letters(surface, &laid, lines, (x, 34.0), fonts);
    }
    if let Some(mark) = &document.draft {
        let laid = typesetter.lay_aligned(mark, WARNING, WIDTH, language, Alignment::Center);
        letters(surface, &laid, 0..1, (SIDE, 62.0), fonts);
    }
    surface.end_tagged();
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    let laid = typesetter.lay_aligned(&page, AROUND, WIDTH, language, Alignment::Center);
    letters(surface, &laid, 0..1, (SIDE, PAGE.1 - 44.0), fonts);
    if let Some(mark) = &document.draft {
        let laid = typesetter.lay_aligned(mark, AROUND, WIDTH / 3.0, language, far);
        let x = if far == Alignment::Right { SIDE + WIDTH - WIDTH / 3.0 } else { SIDE };
        letters(surface, &laid, 0..1, (x, PAGE.1 - 32.0), fonts);
    }
    surface.end_tagged();
}

fn line(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(SIDE, y);
    path.line_to(SIDE + WIDTH, y);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        let paint = rgb::Color::new(200, 200, 200).into();
        surface.set_stroke(Some(Stroke { paint, width: 0.5, ..Stroke::default() }));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

/// Some lines of a text.
fn letters(surface: &mut Surface<'_>, laid: &Laid, lines: Range<usize>, at: (f32, f32), fonts: &Fonts) {
    let colour = match laid.hand.ink {
        Ink::Black => rgb::Color::new(0, 0, 0),
        Ink::Grey => rgb::Color::new(85, 85, 85),
        Ink::Blue => rgb::Color::new(31, 78, 121),
        Ink::Red => rgb::Color::new(176, 0, 32),
    };
    surface.set_fill(Some(Fill { paint: colour.into(), opacity: NormalizedF32::ONE, ..Fill::default() }));
    let font = if laid.hand.bold { &fonts.bold } else { &fonts.regular };
    let mut skipped = 0.0;
    for (index, line) in laid.layout.lines().enumerate() {
        let metrics = line.metrics();
        if index < lines.start {
            skipped += metrics.line_height;
        } else if index < lines.end {
            // A line's baseline is counted from the top of the whole text.
            let y = at.1 + metrics.baseline - skipped;
            let mut x = at.0 + metrics.offset;
            let mut runs: Vec<(f32, Run<'_, ()>)> = Vec::new();
            for run in line.runs() {
                let advance = run.advance();
                runs.push((x, run));
                x += advance;
            }
            // They come as they are seen; they are written as they are read.
            runs.sort_by_key(|(_, run)| run.text_range().start);
            for (x, run) in runs {
                let glyphs = glyphs(&run);
                surface.draw_glyphs(
                    Point::from_xy(x, y),
                    &glyphs,
                    font.clone(),
                    &laid.text,
                    laid.hand.size,
                    false,
                );
            }
        }
    }
}

/// The glyphs of a run as they stand on the line, from left to right: so every reader of PDFs finds a text that runs from
/// right to left written, and turns it itself. Each glyph knows its place in the text.
fn glyphs(run: &Run<'_, ()>) -> Vec<KrillaGlyph> {
    let size = run.font_size();
    let mut groups: Vec<(Vec<_>, Range<usize>)> = Vec::new();
    for cluster in run.clusters() {
        let range = cluster.text_range();
        match groups.last_mut() {
            Some((_, of)) if cluster.is_ligature_continuation() => {
                *of = of.start.min(range.start)..of.end.max(range.end);
            }
            _ => groups.push((cluster.glyphs().collect(), range)),
        }
    }
    if run.is_rtl() {
        groups.reverse();
    }
    let glyph = |glyph: Glyph, range: &Range<usize>| {
        let id = GlyphId::new(glyph.id);
        let (x, y) = (glyph.x / size, glyph.y / size);
        KrillaGlyph::new(id, glyph.advance / size, x, y, 0.0, range.clone(), None)
    };
    groups.iter().flat_map(|(all, range)| all.iter().map(|one| glyph(*one, range))).collect()
}
