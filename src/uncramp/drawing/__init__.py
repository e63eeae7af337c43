"""Pictures as SVG: numbers and words in, markup out; one chart grammar for pages and images.

- `strip`: the run strip, the signature picture (`run_strip(Strip)`), large and small.
- `charts`: panels over one axis with marks and bands (`stacked`).
- `bars`: a year of months (`year_bars`).
- `body`: the figure with 28 places, front and back (`body_map`).
- `icons`: line icons (`icon_svg`).
- `sheet`: a page as one picture, for images that leave the app (`sheet`).
- `raster`: SVG to PNG with our own font (`png`).
- Below them: `grammar` (layouts, cramp mark, labels), `panels` (one panel of a chart), `figure`
  (the body as numbers), `svg` (markup), `letters` (how wide words are), `tokens` (colours as data).

Shapes carry classes; what they look like stands in `web/static/pictures.css`.
"""
