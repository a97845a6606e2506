//! The parts of a Word file that are the same for every note, or nearly.

use super::{NAMESPACES, text_of};
use std::fmt::Write as _;

pub const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;

pub const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

pub const DOCUMENT_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>"#;

pub const NUMBERING: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="start"/><w:pPr><w:ind w:start="426" w:hanging="284"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;

/// What the file is called, in itself.
pub fn core(title: &str, language: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:language>{language}</dc:language>\
         </cp:coreProperties>",
        text_of(title)
    )
}

/// One style of paragraphs: its id, its name, what it is of paragraphs, what of letters.
type Style = (&'static str, &'static str, &'static str, &'static str);

const STYLES: [Style; 10] = [
    ("Normal", "Normal", "<w:spacing w:after=\"80\" w:line=\"300\" w:lineRule=\"auto\"/>", ""),
    (
        "Heading1",
        "heading 1",
        "<w:keepNext/><w:spacing w:before=\"0\" w:after=\"160\"/><w:outlineLvl w:val=\"0\"/>",
        "<w:b/><w:bCs/><w:sz w:val=\"34\"/><w:szCs w:val=\"34\"/>",
    ),
    (
        "Heading2",
        "heading 2",
        "<w:keepNext/><w:spacing w:before=\"280\" w:after=\"80\"/><w:outlineLvl w:val=\"1\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"1F4E79\"/><w:sz w:val=\"26\"/><w:szCs w:val=\"26\"/>",
    ),
    (
        "Heading3",
        "heading 3",
        "<w:keepNext/><w:spacing w:before=\"160\" w:after=\"40\"/><w:outlineLvl w:val=\"2\"/>",
        "<w:b/><w:bCs/><w:sz w:val=\"21\"/><w:szCs w:val=\"21\"/>",
    ),
    ("ListBullet", "List Bullet", "<w:spacing w:after=\"40\"/>", ""),
    (
        "Header",
        "header",
        "<w:spacing w:after=\"0\"/>",
        "<w:color w:val=\"555555\"/><w:sz w:val=\"17\"/><w:szCs w:val=\"17\"/>",
    ),
    (
        "Footer",
        "footer",
        "<w:spacing w:after=\"0\"/>",
        "<w:color w:val=\"555555\"/><w:sz w:val=\"17\"/><w:szCs w:val=\"17\"/>",
    ),
    (
        "Draft",
        "Draft",
        "<w:spacing w:after=\"40\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"B00020\"/><w:sz w:val=\"22\"/><w:szCs w:val=\"22\"/>",
    ),
    ("Label", "Label", "<w:spacing w:before=\"20\" w:after=\"20\"/>", "<w:b/><w:bCs/>"),
    ("Cell", "Cell", "<w:spacing w:before=\"20\" w:after=\"20\"/>", ""),
];

/// The styles.
pub fn styles(language: &str) -> String {
    let mut styles = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:styles {NAMESPACES}><w:docDefaults>\
         <w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Arial\" w:hAnsi=\"Arial\" w:cs=\"Arial\"/><w:sz w:val=\"21\"/>\
         <w:szCs w:val=\"21\"/><w:lang w:val=\"en-US\" w:bidi=\"{language}\"/></w:rPr></w:rPrDefault></w:docDefaults>"
    );
    for (id, name, paragraph, run) in STYLES {
        let default = if id == "Normal" { " w:default=\"1\"" } else { "" };
        let based = if id == "Normal" { "" } else { "<w:basedOn w:val=\"Normal\"/>" };
        let _ = write!(
            styles,
            "<w:style w:type=\"paragraph\"{default} w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>{based}\
             <w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        );
    }
    styles
        + "<w:style w:type=\"paragraph\" w:styleId=\"Gap\"><w:name w:val=\"Gap\"/><w:pPr><w:spacing w:before=\"0\" \
           w:after=\"0\" w:line=\"120\" w:lineRule=\"exact\"/></w:pPr></w:style>\
           <w:style w:type=\"table\" w:styleId=\"Rows\"><w:name w:val=\"Rows\"/><w:tblPr><w:tblBorders>\
           <w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"BBBBBB\"/><w:insideH w:val=\"single\" w:sz=\"4\" \
           w:color=\"BBBBBB\"/></w:tblBorders><w:tblCellMar><w:left w:w=\"60\" w:type=\"dxa\"/><w:right w:w=\"60\" \
           w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style></w:styles>"
}
