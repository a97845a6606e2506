//! What goes where.

use super::letters::{Hand, Ink, Laid, Typesetter};
use super::tags::{Part, Role, Tree};
use crate::Language;
use crate::document::{Block, Direction, Document};
use parley::layout::Alignment;
use std::ops::Range;
use std::rc::Rc;

/// A4, in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);
/// Left and right of the text.
pub const SIDE: f32 = 56.7;
/// The text's width.
pub const WIDTH: f32 = PAGE.0 - 2.0 * SIDE;
/// Where the text begins below the head of a page, and ends above its foot.
const TOP: f32 = 92.0;
const BOTTOM: f32 = PAGE.1 - 62.0;
/// Between two columns.
const GUTTER: f32 = 8.0;
const PLAIN: Hand = Hand { size: 10.0, bold: false, ink: Ink::Black };
const STRONG: Hand = Hand { size: 10.0, bold: true, ink: Ink::Black };

/// Some lines of a text at a place.
pub struct Placed {
    /// The text.
    pub laid: Rc<Laid>,
    /// Which of its lines.
    pub lines: Range<usize>,
    /// Where the first one begins: from the left and from the top.
    pub at: (f32, f32),
    /// What it is part of; an ornament is of none.
    pub part: Option<Part>,
}

/// A thin line over the text's width, by its height.
pub struct Rule(pub f32);

/// A page.
#[derive(Default)]
pub struct Sheet {
    /// Its texts, in the order in which they are read.
    pub texts: Vec<Placed>,
    /// Its lines.
    pub rules: Vec<Rule>,
    /// Headings of the outline: their words and heights.
    pub headings: Vec<(u8, String, f32)>,
}

/// All pages, and what is what on them.
pub struct Sheets {
    /// The pages.
    pub pages: Vec<Sheet>,
    /// The tree.
    pub tree: Tree,
}

/// Puts a document onto pages.
pub fn lay_out(document: &Document, typesetter: &mut Typesetter) -> Sheets {
    let mut printer = Printer {
        typesetter,
        language: document.language,
        sheets: Sheets { pages: vec![Sheet::default()], tree: Tree::default() },
        y: TOP,
    };
    for block in &document.blocks {
        match block {
            Block::Heading(level, text) => printer.heading(*level, text),
            Block::Paragraph(text) => printer.paragraph(text),
            Block::List(items) => printer.list(items),
            Block::Pairs(pairs) => printer.pairs(pairs),
            Block::Table(head, rows) => printer.table(head, rows),
        }
    }
    printer.sheets
}

struct Printer<'a> {
    typesetter: &'a mut Typesetter,
    language: Language,
    sheets: Sheets,
    y: f32,
}

/// A cell of a row: its text, where it stands from the left, and what it is.
struct Cell {
    laid: Rc<Laid>,
    x: f32,
    part: Part,
    next: usize,
}

impl Printer<'_> {
    /// A text that stands where the language begins, whichever way it runs itself.
    fn at_its_side(&mut self, text: &str, hand: Hand, width: f32) -> Laid {
        let side = match self.language.direction() {
            Direction::LeftToRight => Alignment::Left,
            Direction::RightToLeft => Alignment::Right,
        };
        self.typesetter.lay_aligned(text, hand, width, self.language, side)
    }

    fn page(&mut self) -> &mut Sheet {
        if self.sheets.pages.is_empty() {
            self.sheets.pages.push(Sheet::default());
        }
        let last = self.sheets.pages.len() - 1;
        &mut self.sheets.pages[last]
    }

    fn turn(&mut self) {
        self.sheets.pages.push(Sheet::default());
        self.y = TOP;
    }

    fn heading(&mut self, level: u8, text: &str) {
        let (size, ink, before) = match level {
            1 => (17.0, Ink::Black, 0.0),
            2 => (13.0, Ink::Blue, 12.0),
            _ => (10.5, Ink::Black, 7.0),
        };
        let laid = self.at_its_side(text, Hand { size, bold: true, ink }, WIDTH);
        let height: f32 = laid.heights().iter().sum();
        // A heading stands before something: two lines of it go onto the same page.
        if self.y + before + height + 40.0 > BOTTOM {
            self.turn();
        } else {
            self.y += before;
        }
        let part = self.sheets.tree.add(Role::Heading(level, text.to_owned()), None);
        let y = self.y;
        self.page().headings.push((level, text.to_owned(), y));
        self.flow(&Rc::new(laid), SIDE, Some(part));
        self.y += 2.0;
    }

    fn paragraph(&mut self, text: &str) {
        let laid = Rc::new(self.typesetter.lay(text, PLAIN, WIDTH, self.language));
        let part = self.sheets.tree.add(Role::Paragraph, None);
        self.flow(&laid, SIDE, Some(part));
        self.y += 3.0;
    }

    fn list(&mut self, items: &[String]) {
        const INDENT: f32 = 14.0;
        let list = self.sheets.tree.add(Role::List, None);
        let rtl = self.language.direction() == Direction::RightToLeft;
        for item in items {
            let entry = self.sheets.tree.add(Role::Item, Some(list));
            let body = self.sheets.tree.add(Role::ItemBody, Some(entry));
            let laid = Rc::new(self.at_its_side(item, PLAIN, WIDTH - INDENT));
            let dot = Rc::new(self.at_its_side("•", PLAIN, INDENT));
            self.room(&laid);
            let (x, y) = (if rtl { SIDE + WIDTH - INDENT } else { SIDE }, self.y);
            self.page().texts.push(Placed { laid: dot, lines: 0..1, at: (x, y), part: None });
            self.flow(&laid, if rtl { SIDE } else { SIDE + INDENT }, Some(body));
        }
        self.y += 3.0;
    }

    fn pairs(&mut self, pairs: &[(String, String)]) {
        let table = self.sheets.tree.add(Role::Table, None);
        for (name, value) in pairs {
            let row = self.sheets.tree.add(Role::Row, Some(table));
            let cells = [(name.as_str(), STRONG, Role::RowHead), (value.as_str(), PLAIN, Role::Cell)];
            self.row(row, &cells, &[0.27, 0.73]);
        }
        self.y += 4.0;
    }

    fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        let table = self.sheets.tree.add(Role::Table, None);
        let shares = shares(head, rows);
        let row = self.sheets.tree.add(Role::Row, Some(table));
        let cells: Vec<_> = head.iter().map(|text| (text.as_str(), STRONG, Role::ColumnHead)).collect();
        self.row(row, &cells, &shares);
        for texts in rows {
            let row = self.sheets.tree.add(Role::Row, Some(table));
            let cells: Vec<_> = texts.iter().map(|text| (text.as_str(), PLAIN, Role::Cell)).collect();
            self.row(row, &cells, &shares);
        }
        self.y += 4.0;
    }

    /// A row whose first cell is where the language begins. One that is longer than a page goes on on the next.
    fn row(&mut self, row: Part, cells: &[(&str, Hand, Role)], shares: &[f32]) {
        let rtl = self.language.direction() == Direction::RightToLeft;
        let mut placed = Vec::with_capacity(cells.len());
        let mut begin = 0.0;
        for ((text, hand, role), share) in cells.iter().zip(shares) {
            let width = share * WIDTH;
            let laid = Rc::new(self.at_its_side(text, *hand, width - GUTTER));
            let x = if rtl { SIDE + WIDTH - begin - width + GUTTER } else { SIDE + begin };
            let part = self.sheets.tree.add(role.clone(), Some(row));
            placed.push(Cell { laid, x, part, next: 0 });
            begin += width;
        }
        self.y += 2.0;
        let tallest = placed.iter().map(|cell| cell.laid.heights().iter().sum::<f32>()).fold(0.0, f32::max);
        if self.y + tallest > BOTTOM && tallest < BOTTOM - TOP {
            self.turn();
        }
        while placed.iter().any(|cell| cell.next < cell.laid.layout.len()) {
            let mut lowest = self.y;
            for cell in &mut placed {
                let (lines, end) = fitting(&cell.laid, cell.next, self.y);
                cell.next = lines.end;
                if !lines.is_empty() {
                    lowest = lowest.max(end);
                    let (at, laid) = ((cell.x, self.y), cell.laid.clone());
                    let part = Some(cell.part);
                    self.page().texts.push(Placed { laid, lines, at, part });
                }
            }
            if placed.iter().any(|cell| cell.next < cell.laid.layout.len()) {
                self.turn();
            } else {
                self.y = lowest + 2.0;
                let y = self.y;
                self.page().rules.push(Rule(y));
            }
        }
    }

    /// Turns the page where not even the first line of a text has room.
    fn room(&mut self, laid: &Laid) {
        if fitting(laid, 0, self.y).0.is_empty() {
            self.turn();
        }
    }

    /// A text that goes on on the next page where this one is full.
    fn flow(&mut self, laid: &Rc<Laid>, x: f32, part: Option<Part>) {
        let mut next = 0;
        while next < laid.layout.len() {
            let (lines, end) = fitting(laid, next, self.y);
            if lines.is_empty() {
                self.turn();
                continue;
            }
            next = lines.end;
            let at = (x, self.y);
            self.page().texts.push(Placed { laid: laid.clone(), lines, at, part });
            self.y = end;
        }
    }
}

/// The lines of a text from one on that have room below a height, and where they end. On a whole page there is always
/// room for one.
fn fitting(laid: &Laid, from: usize, y: f32) -> (Range<usize>, f32) {
    let mut end = y;
    let mut until = from;
    for height in laid.heights().into_iter().skip(from) {
        let alone = until == from && y <= TOP;
        if end + height > BOTTOM && !alone {
            break;
        }
        end += height;
        until += 1;
    }
    (from..until, end)
}

/// The shares of columns in the width: as much as they have to say, but none is too narrow to read.
fn shares(head: &[String], rows: &[Vec<String>]) -> Vec<f32> {
    let weights: Vec<f32> = (0..head.len())
        .map(|at| {
            let longest = rows.iter().filter_map(|row| row.get(at)).chain(head.get(at));
            let chars = longest.map(|text| text.chars().count()).max().unwrap_or(1);
            f32::from(u16::try_from(chars.clamp(8, 30)).unwrap_or(8))
        })
        .collect();
    let all: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / all).collect()
}
