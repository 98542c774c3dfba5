//! Text out of bytes: unpacked, in UTF-8, and without its byte-order mark.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, WINDOWS_1252};

use crate::error::Fault;
use crate::open::{Assume, Look};
use crate::progress::Meter;
use crate::{Error, FileKind, Format};

/// The text of a file, from its beginning.
pub(crate) struct Text<'a> {
    /// The encoding given or found.
    pub(crate) encoding: &'static Encoding,
    /// Whether the encoding was found, and so may turn out another.
    pub(crate) assumed: bool,
    /// The first bytes, as they will be read again.
    pub(crate) head: Vec<u8>,
    /// All of it. In UTF-8 as far as the file is what it says.
    pub(crate) reader: Box<dyn BufRead + Send + 'a>,
}

/// So much is looked at to find out about a file.
const HEAD: usize = 1 << 16;

impl<'a> Text<'a> {
    /// Opens a file of text, compressed or not.
    pub(crate) fn open(
        path: &Path,
        format: &Format,
        assume: Assume,
        meter: &'a Meter<'a>,
    ) -> Result<Text<'a>, Fault> {
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        let fault = |error| stopped(path, 0, error);
        let (head, packed) = peek(Tally { file, meter }, 4).map_err(fault)?;
        let packed = BufReader::with_capacity(1 << 18, packed);
        let look = Look::at(&head);
        let bytes: Box<dyn Read + Send + 'a> = match look {
            Look::Gzip => Box::new(Unpack {
                what: "gzip",
                inner: flate2::bufread::MultiGzDecoder::new(packed),
            }),
            Look::Zstandard => Box::new(Unpack {
                what: "zstd",
                inner: zstd::Decoder::with_buffer(packed).map_err(fault)?,
            }),
            _ => Box::new(packed),
        };
        let (head, bytes) = peek(bytes, HEAD).map_err(fault)?;
        if matches!(look, Look::Gzip | Look::Zstandard) {
            Look::at(&head).agrees(FileKind::Delimited, path)?;
        }
        let (encoding, mark, assumed) = encoding_of(path, &head, format, assume)?;
        let mut bytes = BufReader::with_capacity(1 << 17, bytes);
        io::copy(&mut (&mut bytes).take(mark), &mut io::sink()).map_err(fault)?;
        let text: Box<dyn BufRead + Send + 'a> = if encoding == UTF_8 {
            Box::new(bytes)
        } else {
            let decoder = encoding.new_decoder_without_bom_handling();
            Box::new(BufReader::with_capacity(1 << 17, Transcode { decoder, bytes, done: false }))
        };
        let (head, reader) = peek(text, HEAD).map_err(fault)?;
        if head.is_empty() {
            return Err(Error::Empty { path: path.to_owned() }.into());
        }
        Ok(Text { encoding, assumed, head, reader: Box::new(reader) })
    }

    /// The kind of text, if it is text at all.
    pub(crate) fn kind(&self) -> Option<FileKind> {
        let first = self.head.iter().find(|byte| !byte.is_ascii_whitespace())?;
        if *first == b'{' {
            Some(FileKind::JsonLines)
        } else {
            (!self.head.contains(&0)).then_some(FileKind::Delimited)
        }
    }

    /// The fault of text that is not in its encoding.
    pub(crate) fn ill_formed(assumed: bool, path: &Path, rows: u64) -> Fault {
        if assumed {
            Fault::NotUtf8
        } else {
            Fault::Error(Error::WrongEncoding { path: path.to_owned(), encoding: "UTF-8", rows })
        }
    }
}

/// The fault that ended the reading of a file's text after so many rows.
pub(crate) fn stopped(path: &Path, rows: u64, error: io::Error) -> Fault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>());
    let path_buf = || path.to_owned();
    Fault::Error(match inner {
        Some(Broken::Packed(what)) => {
            Error::Damaged { path: path_buf(), what, rows, source: Box::new(error) }
        }
        Some(Broken::Coded(encoding)) => Error::WrongEncoding { path: path_buf(), encoding, rows },
        None => Error::io(path, error),
    })
}

/// Why text could not be had from bytes.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the {0} data is incomplete or was changed")]
    Packed(&'static str),
    #[error("the text is not {0}")]
    Coded(&'static str),
}

/// The encoding of text, the length of its mark, and whether nobody but the text says so.
fn encoding_of(
    path: &Path,
    head: &[u8],
    format: &Format,
    assume: Assume,
) -> Result<(&'static Encoding, u64, bool), Error> {
    let given = match &format.encoding {
        None => None,
        Some(label) => Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            Error::UnknownEncoding { path: path.to_owned(), encoding: label.clone() }
        })?),
    };
    // A mark is surer than what anybody says, and tells which of the two UTF-16 it is.
    if let Some((encoding, length)) = Encoding::for_bom(head) {
        return Ok((encoding, length as u64, false));
    }
    if let Some(encoding) = given {
        return Ok((encoding, 0, false));
    }
    // The head may end within a character.
    let broken = std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some());
    let encoding = if broken || assume == Assume::Windows1252 { WINDOWS_1252 } else { UTF_8 };
    Ok((encoding, 0, encoding == UTF_8))
}

/// The first bytes of a reader, and the reader as if they had not been read.
#[expect(clippy::type_complexity, reason = "a reader after another is what it is")]
fn peek<R: Read>(
    mut reader: R,
    n: usize,
) -> io::Result<(Vec<u8>, BufReader<io::Chain<Cursor<Vec<u8>>, R>>)> {
    let mut head = Vec::new();
    (&mut reader).take(n as u64).read_to_end(&mut head)?;
    Ok((head.clone(), BufReader::with_capacity(1 << 17, Cursor::new(head).chain(reader))))
}

/// A file whose bytes are counted as they are read.
struct Tally<'a> {
    file: File,
    meter: &'a Meter<'a>,
}

impl Read for Tally<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.meter.add(&buffer[..n]);
        Ok(n)
    }
}

/// Marks what goes wrong in unpacking as the fault of the packed bytes.
struct Unpack<R> {
    what: &'static str,
    inner: R,
}

impl<R: Read> Read for Unpack<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => io::Error::other(Broken::Packed(self.what)),
        })
    }
}

/// Bytes in another encoding, read as UTF-8.
struct Transcode<R> {
    decoder: Decoder,
    bytes: BufReader<R>,
    done: bool,
}

impl<R: Read> Read for Transcode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A decoder writes whole characters only, of which the longest has four bytes.
        assert!(4 <= buffer.len(), "a decoder is read through a buffer");
        while !self.done {
            let source = self.bytes.fill_buf()?;
            let last = source.is_empty();
            let (result, read, written, malformed) =
                self.decoder.decode_to_utf8(source, buffer, last);
            self.bytes.consume(read);
            if malformed {
                return Err(io::Error::other(Broken::Coded(self.decoder.encoding().name())));
            }
            self.done = last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
