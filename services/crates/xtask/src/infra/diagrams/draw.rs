//! Boxes in columns with arrows between them, as SVG and as drawio's XML.

use std::fmt::Write;

const WIDTH: usize = 170;
const HEIGHT: usize = 44;
const COLUMN: usize = 220;
const ROW: usize = 64;
const TOP: usize = 70;
const LEFT: usize = 20;

/// What is drawn.
pub(super) struct Drawing {
    title: String,
    /// Heading of each column; may be empty.
    pub(super) columns: Vec<String>,
    pub(super) nodes: Vec<Node>,
    /// Names of two nodes: from, to. One that isn't drawn is left out.
    pub(super) arrows: Vec<(String, String)>,
}

/// A box.
pub(super) struct Node {
    name: String,
    note: String,
    column: usize,
}

impl Node {
    pub(super) fn new(name: &str, note: &str, column: usize) -> Self {
        Self { name: name.to_owned(), note: note.to_owned(), column }
    }
}

impl Drawing {
    pub(super) fn new(title: &str) -> Self {
        let (columns, nodes, arrows) = (Vec::new(), Vec::new(), Vec::new());
        Self { title: title.to_owned(), columns, nodes, arrows }
    }

    /// Left and upper edge of a node: below those of its column that come before it.
    fn place(&self, node: usize) -> (usize, usize) {
        let column = self.nodes.get(node).map_or(0, |node| node.column);
        let row = self.nodes.iter().take(node).filter(|other| other.column == column).count();
        (LEFT + column * COLUMN, TOP + row * ROW)
    }

    /// Indices of an arrow's ends.
    fn ends(&self, (from, to): &(String, String)) -> Option<(usize, usize)> {
        let at = |name: &String| self.nodes.iter().position(|node| node.name == *name);
        Some((at(from)?, at(to)?))
    }

    fn size(&self) -> (usize, usize) {
        let places = (0..self.nodes.len()).map(|node| self.place(node));
        places.fold((0, 0), |(right, low), (x, y)| {
            (right.max(x + WIDTH + LEFT), low.max(y + HEIGHT + LEFT))
        })
    }

    pub(super) fn svg(&self) -> String {
        let (width, height) = self.size();
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <defs><marker id=\"end\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"3\" \
             orient=\"auto\"><path d=\"M0,0 L7,3 L0,6 z\" fill=\"#888\"/></marker></defs>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{}</text>\n",
            escaped(&self.title)
        );
        for (column, heading) in self.columns.iter().enumerate() {
            let x = LEFT + column * COLUMN;
            let heading = escaped(heading);
            let _ = writeln!(text, "<text x=\"{x}\" y=\"56\" fill=\"#555\">{heading}</text>");
        }
        for (from, to) in self.arrows.iter().filter_map(|arrow| self.ends(arrow)) {
            let ((x, y), (to_x, to_y)) = (self.place(from), self.place(to));
            // Leaves on the side that looks at its end.
            let (start, end) = if to_x > x {
                (x + WIDTH, to_x)
            } else if to_x < x {
                (x, to_x + WIDTH)
            } else {
                (x + WIDTH / 2, to_x + WIDTH / 2)
            };
            let (y, to_y) = (y + HEIGHT / 2, to_y + HEIGHT / 2);
            let _ = writeln!(
                text,
                "<line x1=\"{start}\" y1=\"{y}\" x2=\"{end}\" y2=\"{to_y}\" stroke=\"#aaa\" \
                 marker-end=\"url(#end)\"/>"
            );
        }
        for (at, node) in self.nodes.iter().enumerate() {
            let (x, y) = self.place(at);
            let (name, note) = (escaped(&node.name), escaped(&node.note));
            let (left, first, second) = (x + 10, y + 19, y + 35);
            let _ = writeln!(
                text,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"4\" \
                 fill=\"#eef4fb\" stroke=\"#456\"/>\
                 <text x=\"{left}\" y=\"{first}\">{name}</text>\
                 <text x=\"{left}\" y=\"{second}\" fill=\"#667\" font-size=\"10\">{note}</text>"
            );
        }
        text.push_str("</svg>\n");
        text
    }

    pub(super) fn drawio(&self) -> String {
        let title = escaped(&self.title);
        let mut text = format!(
            "<mxfile><diagram name=\"{title}\"><mxGraphModel><root>\n\
             <mxCell id=\"0\"/>\n<mxCell id=\"1\" parent=\"0\"/>\n"
        );
        for (at, node) in self.nodes.iter().enumerate() {
            let (x, y) = self.place(at);
            let value = escaped(&format!("{}\n{}", node.name, node.note));
            let _ = writeln!(
                text,
                "<mxCell id=\"n{at}\" value=\"{value}\" style=\"rounded=1;whiteSpace=wrap\" \
                 vertex=\"1\" parent=\"1\"><mxGeometry x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" \
                 height=\"{HEIGHT}\" as=\"geometry\"/></mxCell>"
            );
        }
        let ends = self.arrows.iter().filter_map(|arrow| self.ends(arrow));
        for (at, (from, to)) in ends.enumerate() {
            let _ = writeln!(
                text,
                "<mxCell id=\"a{at}\" edge=\"1\" parent=\"1\" source=\"n{from}\" \
                 target=\"n{to}\"><mxGeometry relative=\"1\" as=\"geometry\"/></mxCell>"
            );
        }
        text.push_str("</root></mxGraphModel></diagram></mxfile>\n");
        text
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\n', "&#10;")
}
