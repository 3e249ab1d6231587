"""The look of all tabs: Gradio's variables filled from the tokens in ``tokens.css``, and the page's style and scripts.

Text has a contrast of at least 4.5, input borders and focus rings of at least 3, in light and in dark. Sizes are in
rem, so that they follow the reader's own setting.
"""

from __future__ import annotations

import gradio as gr

from assistant.web.fonts import FACES
from assistant.web.static import read_static

PAGE_SCRIPT = read_static("page.js")
"""A function that runs once the page has loaded."""
BEFORE_PAGE = """<script>{
  const theme = localStorage.getItem("steward-theme");
  if (theme && !location.search.includes("__theme")) document.body.classList.toggle("dark", theme === "dark");
}</script>"""
"""What sets the theme that the reader chose, before the page is drawn."""
_PARTS = "".join(
    map(read_static, ("page.css", "badges.css", "ask.css", "precedents.css", "chapter.css", "reader.css", "check.css"))
)
# Nested, so that a rule outweighs Gradio's own, which come later. Its ``css`` option would double and break rules.
_STYLE = f"{FACES}{read_static('tokens.css')}.gradio-container {{\n{_PARTS}}}\n"
_FONTS = ["Public Sans", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
_MONOSPACED = ["ui-monospace", "Consolas", "Liberation Mono", "monospace"]
_TEXT = gr.themes.Size("0.8125rem", "0.875rem", "0.9375rem", "1rem", "1.125rem", "1.375rem", "2rem")
_COLOURS = {
    "ground": "body_background_fill",
    "text": "body_text_color block_label_text_color block_title_text_color checkbox_label_text_color "
    "checkbox_label_text_color_selected button_secondary_text_color table_text_color",
    "quiet": "body_text_color_subdued block_info_text_color input_placeholder_color",
    "surface": "background_fill_primary input_background_fill checkbox_background_color "
    "checkbox_label_background_fill button_secondary_background_fill table_even_background_fill",
    "shade": "background_fill_secondary code_background_fill button_secondary_background_fill_hover "
    "checkbox_label_background_fill_hover table_odd_background_fill stat_background_fill",
    "line": "border_color_primary checkbox_label_border_color",
    "edge": "input_border_color checkbox_border_color button_secondary_border_color",
    "accent": "border_color_accent input_border_color_focus checkbox_border_color_focus checkbox_border_color_hover "
    "checkbox_background_color_selected checkbox_border_color_selected checkbox_label_border_color_selected "
    "button_primary_background_fill button_primary_border_color loader_color link_text_color "
    "link_text_color_active link_text_color_visited",
    "accent-strong": "button_primary_background_fill_hover link_text_color_hover",
    "accent-soft": "color_accent_soft checkbox_label_background_fill_selected",
    "on-accent": "button_primary_text_color",
    "bad": "error_text_color error_border_color",
}
"""Gradio's variables by the token that fills them."""
_CLEAR = "block_background_fill block_label_background_fill"
_SIZES = {
    "body_text_size": "*text_md",
    "prose_text_size": "*text_md",
    "block_title_text_size": "*text_sm",
    "block_title_text_weight": "700",
    "block_label_text_size": "*text_sm",
    "block_label_text_weight": "700",
    "block_info_text_size": "*text_sm",
    "input_text_size": "*text_md",
    "checkbox_label_text_size": "*text_sm",
    "checkbox_label_padding": "4px 10px",
    "button_large_text_size": "*text_md",
    "button_medium_text_size": "*text_md",
    "button_small_text_size": "*text_sm",
    "button_small_padding": "6px 14px",
    "button_border_width": "1px",
    "input_border_width": "1px",
    "checkbox_border_width": "1px",
    "block_border_width": "0px",
    "block_padding": "*spacing_md 0px",
    "block_shadow": "none",
    "button_transition": "none",
}


def theme() -> gr.themes.Base:
    """Return the theme, with the style sheet that Gradio serves with it."""
    made = gr.themes.Base(text_size=_TEXT, radius_size="lg", font=_FONTS, font_mono=_MONOSPACED)
    filled = {name: f"var(--{token})" for token, names in _COLOURS.items() for name in names.split()}
    filled |= dict.fromkeys(_CLEAR.split(), "transparent")
    made.set(**filled, **{f"{name}_dark": value for name, value in filled.items()}, **_SIZES)
    made.custom_css = _STYLE
    return made
