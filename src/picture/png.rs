//! Pictures as PNG, for programs that take no SVG.

use std::sync::LazyLock;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::Picture;
use super::drawing::STYLE;
use super::palette::COLOURS;

/// Pixels of the file a pixel of the drawing, so that print is sharp.
const SCALE: f32 = 3.0;

/// Options with the machine's fonts, which take a while to be found.
static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.fontdb_mut().load_system_fonts();
    options
});

impl Picture {
    /// The picture on a light ground, three times as large as it is drawn.
    ///
    /// # Errors
    ///
    /// The machine has no fonts, without which a picture would have no words.
    pub fn to_png(&self) -> Result<Vec<u8>, String> {
        if OPTIONS.fontdb.is_empty() {
            return Err("the system has no fonts, and a PNG without them no words".into());
        }
        // The renderer knows no CSS variables.
        let style = COLOURS.iter().fold(STYLE.to_owned(), |style, colour| {
            style.replace(&format!("var(--{})", colour.name), colour.light)
        });
        let tree = Tree::from_str(&self.written(Some(style)), &OPTIONS)
            .map_err(|error| format!("the picture cannot be drawn: {error}"))?;
        let size = tree.size();
        let [width, height] =
            [size.width(), size.height()].map(|side| (SCALE * side).ceil() as u32);
        let mut pixels = Pixmap::new(width, height).ok_or("the picture has no size")?;
        resvg::render(
            &tree,
            Transform::from_scale(SCALE, SCALE),
            &mut pixels.as_mut(),
        );
        pixels
            .encode_png()
            .map_err(|error| format!("the picture cannot be written: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::picture::{Dot, Picture, Question};

    fn picture() -> Picture {
        let question = Question {
            section: String::new(),
            label: "what is asked".into(),
            dots: vec![Dot {
                null: 0,
                p: 0.03,
                interval: None,
            }],
            hac: None,
        };
        crate::picture::ByNull {
            about: "a statistic".into(),
            nulls: vec!["uniform".into()],
            questions: vec![question],
            level: 0.05,
        }
        .picture()
    }

    /// Light, with the ink of words, the rule's accent and the mark's own colour in it.
    #[test]
    fn a_png_has_the_colours_of_its_marks() {
        let picture = picture();
        let png = match picture.to_png() {
            Ok(png) => png,
            Err(problem) => {
                assert!(problem.contains("no fonts"), "{problem}");
                return;
            }
        };
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
        assert_eq!(pixels.width(), 3 * picture.width());
        let has = |rgb: [u8; 3]| {
            let mut all = pixels.pixels().iter();
            all.any(|of| [of.red(), of.green(), of.blue()] == rgb)
        };
        assert!(has([255, 255, 255]) && has([0x0a, 0x62, 0xa9]));
        assert!(has([0x1c, 0x21, 0x26]) || has([0x59, 0x62, 0x6c]));
        assert!(!has([0x14, 0x17, 0x1b]));
    }
}
