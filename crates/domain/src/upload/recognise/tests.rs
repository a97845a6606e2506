//! What is taken, and what lies.

use super::*;
use crate::upload::ATTACHMENTS;

fn zip(names: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for name in names {
        bytes.extend_from_slice(b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00");
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b"ab");
    }
    bytes
}

fn dicom() -> Vec<u8> {
    [&[0; 128][..], b"DICM", &[2, 0, 0, 0]].concat()
}

fn mp4(brand: [u8; 4]) -> Vec<u8> {
    [&[0, 0, 0, 24][..], b"ftyp", &brand, &[0; 12]].concat()
}

fn odt() -> Vec<u8> {
    let name = b"mimetype";
    let kind = b"application/vnd.oasis.opendocument.text";
    let mut bytes = zip(&[]);
    bytes.extend_from_slice(b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00");
    bytes.extend_from_slice(&39_u32.to_le_bytes());
    bytes.extend_from_slice(&39_u32.to_le_bytes());
    bytes.extend_from_slice(&8_u16.to_le_bytes());
    bytes.extend_from_slice(&[0; 2]);
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(kind);
    bytes
}

/// In one piece, in pieces of one byte, and with more behind it than a head holds: all say the same.
fn look(bytes: &[u8], name: &str, declared: Option<&str>) -> Result<Media, String> {
    let sent = || Sent { name: FileName::read(name).unwrap(), declared: declared.map(str::to_owned) };
    let through = |size: usize| {
        let mut recogniser = Recogniser::new("file", ATTACHMENTS, sent());
        for piece in bytes.chunks(size) {
            recogniser.take(piece)?;
        }
        recogniser.finish()
    };
    let (whole, bitten) = (through(bytes.len().max(1)), through(1));
    assert_eq!(whole, bitten, "{name}");
    whole.map_err(|refusal| {
        assert_eq!(refusal.fields[0].field, "file");
        refusal.fields[0].message.to_string()
    })
}

#[test]
fn what_is_on_the_list_is_known_by_its_bytes() {
    let docx = zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"]);
    let xlsx = zip(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/styles.xml"]);
    for (bytes, name, declared, media) in [
        (b"%PDF-1.7\n...".to_vec(), "a.pdf", Some("application/pdf"), Media::Pdf),
        (b"\x89PNG\r\n\x1a\n....".to_vec(), "a.png", Some("image/png"), Media::Png),
        // A slip, not a lie.
        (b"\x89PNG\r\n\x1a\n....".to_vec(), "a.jpg", Some("image/jpeg"), Media::Png),
        (b"\xff\xd8\xff\xe0....".to_vec(), "photo", None, Media::Jpeg),
        (b"GIF89a....".to_vec(), "a.gif", Some("image/gif"), Media::Gif),
        (b"RIFF\x04\0\0\0WEBPVP8 ".to_vec(), "a.webp", Some("IMAGE/WEBP"), Media::Webp),
        (b"II*\0\x08\0\0\0....".to_vec(), "a.tif", Some("image/tiff"), Media::Tiff),
        (dicom(), "a.dcm", Some("application/octet-stream"), Media::Dicom),
        (docx, "letter.docx", Some("application/zip"), Media::Docx),
        (xlsx, "values.xlsx", None, Media::Xlsx),
        (odt(), "letter.odt", Some("application/vnd.oasis.opendocument.text"), Media::Odt),
        (b"Hb 13.2 g/dl\n".to_vec(), "lab.txt", Some("text/plain; charset=utf-8"), Media::Text),
        // As a picture of an old format begins.
        (b"BMI 23.1\n".to_vec(), "bmi", None, Media::Text),
        (b"<5 mg/dl\n".to_vec(), "lab.txt", None, Media::Text),
        ("فشار خون\n".as_bytes().to_vec(), "lab.txt", Some("text/plain"), Media::Text),
        (b"test,value\nHb,13.2\n".to_vec(), "lab.csv", Some("application/vnd.ms-excel"), Media::Csv),
        (b"ID3\x03\0\0\0\0\0\0".to_vec(), "a.mp3", Some("audio/mpeg"), Media::Mpeg),
        (b"RIFF\x04\0\0\0WAVEfmt ".to_vec(), "a.wav", Some("audio/wave"), Media::Wav),
        (b"OggS\0\x02......".to_vec(), "a.ogg", Some("audio/ogg"), Media::Ogg),
        (mp4(*b"M4A "), "a.m4a", Some("audio/mp4"), Media::Mp4),
        (mp4(*b"isom"), "a.mp4", Some("video/mp4"), Media::Film),
    ] {
        assert_eq!(look(&bytes, name, declared), Ok(media), "{name} {declared:?}");
    }
}

#[test]
fn what_is_on_no_list_and_what_lies_is_refused() {
    let (name_lies, type_lies) = (
        "This file's name does not fit what is in it.",
        "This file's declared type does not fit what is in it.",
    );
    let macros = zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/vbaProject.bin"]);
    let pdf = b"%PDF-1.7\n...".to_vec();
    for (bytes, name, declared, why) in [
        (Vec::new(), "a.pdf", None, "This file is empty."),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec(), "a.pdf", Some("application/pdf"), NOT_TAKEN),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec(), "a", None, NOT_TAKEN),
        (b"#!/bin/sh\nrm -r x\n".to_vec(), "a.txt", Some("text/plain"), NOT_TAKEN),
        (b"<!DOCTYPE html><p>".to_vec(), "a.txt", Some("text/plain"), NOT_TAKEN),
        (b"\xef\xbb\xbf \n<html>".to_vec(), "a.txt", None, NOT_TAKEN),
        (b"words <script>alert(1)</script>".to_vec(), "a.txt", None, NOT_TAKEN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "a.png", Some("image/png"), NOT_TAKEN),
        (b"<?xml version='1.0'?><svg/>".to_vec(), "a.svg", Some("image/svg+xml"), NOT_TAKEN),
        (b"\xff\xfeH\0b\0".to_vec(), "a.txt", None, NOT_TAKEN),
        (b"words\0words".to_vec(), "a.txt", None, NOT_TAKEN),
        (b"cut \xd9".to_vec(), "a.txt", None, NOT_TAKEN),
        (zip(&["a.txt"]), "a.zip", Some("application/zip"), NOT_TAKEN),
        (macros, "letter.docx", None, "Documents with macros are not taken."),
        (pdf.clone(), "a.exe", None, name_lies),
        (pdf.clone(), "a.pdf.js", None, name_lies),
        (pdf.clone(), "a.png", None, name_lies),
        (b"var x = 1;".to_vec(), "a.js", None, name_lies),
        (b"a text".to_vec(), "a.pdf", None, name_lies),
        (pdf.clone(), "a.pdf", Some("text/html"), type_lies),
        (pdf.clone(), "a.pdf", Some("image/png"), type_lies),
        (b"a text".to_vec(), "a.txt", Some("text/html"), type_lies),
        (pdf, "a.pdf", Some("nonsense"), type_lies),
    ] {
        assert_eq!(look(&bytes, name, declared), Err(why.to_owned()), "{name} {declared:?}");
    }
}

#[test]
fn what_comes_late_is_seen_and_what_is_certain_is_said_early() {
    let letters = vec![b'a'; HEAD];
    let sent = |name: &str| Sent { name: FileName::read(name).unwrap(), declared: None };
    // A letter cut in two by the end of a piece is a letter; a byte that is none is seen wherever it comes.
    for (rest, good) in [("é".repeat(50_000).into_bytes(), true), (b"words \xff words".to_vec(), false)] {
        let mut text = Recogniser::new("file", ATTACHMENTS, sent("a.txt"));
        text.take(&letters).unwrap();
        let passed = rest.chunks(7).try_for_each(|piece| text.take(piece));
        assert_eq!(passed.and_then(|()| text.finish()).is_ok(), good);
    }
    // Macros far behind, their name cut in two.
    let mut document = zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"]);
    document.resize(100_000, b'x');
    document.extend_from_slice(b"word/vbaProject.bin");
    let mut recogniser = Recogniser::new("file", ATTACHMENTS, sent("a.docx"));
    let refused = document.chunks(1001).find_map(|piece| recogniser.take(piece).err());
    assert!(refused.is_some());
    // What is no file of ours is refused after its first bytes, not after its last.
    let mut program = Recogniser::new("file", ATTACHMENTS, sent("a.pdf"));
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(HEAD, 0);
    assert!(program.take(&bytes).is_err());
}
