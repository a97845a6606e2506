//! The tree of what is what: headings, paragraphs, lists and tables, in the order in which they are read.

use krilla::tagging::{
    Identifier, ListNumbering, Node as Branch, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use std::num::NonZeroU16;

/// What a part of the document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A heading of a level, with its words.
    Heading(u8, String),
    /// A paragraph.
    Paragraph,
    /// A list.
    List,
    /// An entry of one.
    Item,
    /// What an entry says.
    ItemBody,
    /// A table.
    Table,
    /// A row of one.
    Row,
    /// The head of a column.
    ColumnHead,
    /// The head of a row.
    RowHead,
    /// What a cell says.
    Cell,
}

impl Role {
    fn tag(&self) -> TagKind {
        match self {
            Self::Heading(level, text) => {
                let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
                Tag::Hn(level, Some(text.clone())).into()
            }
            Self::Paragraph => Tag::P.into(),
            Self::List => Tag::L(ListNumbering::Disc).into(),
            Self::Item => Tag::LI.into(),
            Self::ItemBody => Tag::LBody.into(),
            Self::Table => Tag::Table.into(),
            Self::Row => Tag::TR.into(),
            Self::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHead => Tag::TH(TableHeaderScope::Row).into(),
            Self::Cell => Tag::TD.into(),
        }
    }
}

/// A part, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part(usize);

/// The tree, as numbered parts.
#[derive(Debug, Default)]
pub struct Tree {
    parts: Vec<(Role, Option<Part>)>,
}

impl Tree {
    /// A part within another, after all that is there already.
    pub fn add(&mut self, role: Role, within: Option<Part>) -> Part {
        self.parts.push((role, within));
        Part(self.parts.len() - 1)
    }

    /// The tree with what was painted of each part, in the order in which it was painted.
    pub fn grown(&self, painted: Vec<(Part, Identifier)>, language: &str) -> TagTree {
        let mut groups: Vec<TagGroup> =
            self.parts.iter().map(|(role, _)| TagGroup::new(role.tag())).collect();
        for (Part(part), leaf) in painted {
            if let Some(group) = groups.get_mut(part) {
                group.push(leaf);
            }
        }
        // A part stands behind the one that it is within, so that from the end on each is whole when it is taken.
        let mut tree = Vec::new();
        let mut children: Vec<Vec<TagGroup>> = self.parts.iter().map(|_| Vec::new()).collect();
        for (at, mut group) in groups.into_iter().enumerate().rev() {
            let own = children.get_mut(at).map(std::mem::take).unwrap_or_default();
            for child in own.into_iter().rev() {
                group.push(child);
            }
            match self.parts.get(at).and_then(|(_, within)| *within) {
                Some(Part(within)) => {
                    if let Some(of) = children.get_mut(within) {
                        of.push(group);
                    }
                }
                None => tree.push(Branch::from(group)),
            }
        }
        tree.reverse();
        let mut grown = TagTree::new().with_lang(Some(language.to_owned()));
        for branch in tree {
            grown.push(branch);
        }
        grown
    }
}
