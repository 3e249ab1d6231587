"""The look of all tabs: colours, sizes and system fonts; ``theme.css`` and ``theme.js`` do the rest.

Text has a contrast of at least 4.5, input borders and focus rings of at least 3, in light and in dark. Sizes are in
rem, so that they follow the reader's own setting.
"""

from __future__ import annotations

import gradio as gr

from assistant.web.static import read_static

PAGE_SCRIPT = read_static("theme.js")
"""A function that runs once the page has loaded."""

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"]
_MONOSPACED = ["ui-monospace", "Consolas", "Liberation Mono", "monospace"]
_BLUE = gr.themes.Color(
    *"#eef4fb #dbe8f6 #b9d2ee #9cc4f5 #6ba3e0 #2f74c0 #174e8c #113f74 #0d315b #0a2545 #071a31".split()
)
_GREY = gr.themes.Color(
    *"#f7f8f9 #eef0f2 #dfe3e7 #c4c9cf #6b737c #5d656e #4b5259 #383e45 #24292e #1b1f23 #14171a".split()
)
_TEXT = gr.themes.Size("0.8125rem", "0.875rem", "0.9375rem", "1.0625rem", "1.125rem", "1.375rem", "1.75rem")
_COLOURS = {
    # Light, dark.
    "body_background_fill": ("white", "*neutral_950"),
    "body_text_color": ("#16191d", "#e9ecef"),
    "body_text_color_subdued": ("*neutral_600", "#b3bbc4"),
    "background_fill_primary": ("white", "*neutral_900"),
    "background_fill_secondary": ("*neutral_50", "*neutral_800"),
    "border_color_primary": ("*neutral_300", "#434a52"),
    "border_color_accent": ("*primary_600", "*primary_300"),
    "color_accent_soft": ("*primary_50", "*primary_900"),
    "block_background_fill": ("white", "*neutral_950"),
    "block_label_background_fill": ("white", "*neutral_950"),
    "block_label_text_color": ("*body_text_color", "*body_text_color"),
    "block_title_text_color": ("*body_text_color", "*body_text_color"),
    "block_info_text_color": ("*body_text_color_subdued", "*body_text_color_subdued"),
    "code_background_fill": ("*neutral_100", "*neutral_800"),
    "link_text_color": ("#174e8c", "#9cc4f5"),
    "link_text_color_hover": ("#0a2545", "#dbe8f6"),
    "link_text_color_active": ("#0a2545", "#dbe8f6"),
    "link_text_color_visited": ("#54319f", "#c9b6f7"),
    "input_background_fill": ("white", "*neutral_900"),
    "input_border_color": ("*neutral_400", "#8b949e"),
    "input_border_color_focus": ("*primary_600", "*primary_300"),
    "input_placeholder_color": ("*neutral_500", "#a7b0ba"),
    "checkbox_border_color": ("*neutral_500", "#a7b0ba"),
    "checkbox_border_color_focus": ("*primary_600", "*primary_300"),
    "checkbox_border_color_hover": ("*primary_600", "*primary_300"),
    "checkbox_background_color": ("white", "*neutral_900"),
    "checkbox_background_color_selected": ("*primary_600", "*primary_500"),
    "checkbox_border_color_selected": ("*primary_600", "*primary_300"),
    "checkbox_label_background_fill": ("white", "*neutral_900"),
    "checkbox_label_background_fill_selected": ("*primary_50", "*primary_900"),
    "checkbox_label_border_color": ("*neutral_300", "#434a52"),
    "checkbox_label_border_color_selected": ("*primary_600", "*primary_300"),
    "checkbox_label_text_color": ("*body_text_color", "*body_text_color"),
    "checkbox_label_text_color_selected": ("*body_text_color", "*body_text_color"),
    "button_primary_background_fill": ("*primary_600", "#2c66ab"),
    "button_primary_background_fill_hover": ("*primary_800", "*primary_600"),
    "button_primary_text_color": ("white", "white"),
    "button_primary_border_color": ("*primary_600", "*primary_300"),
    "button_secondary_background_fill": ("*neutral_100", "*neutral_800"),
    "button_secondary_background_fill_hover": ("*neutral_200", "*neutral_700"),
    "button_secondary_text_color": ("*body_text_color", "*body_text_color"),
    "button_secondary_border_color": ("*neutral_400", "#8b949e"),
    "error_text_color": ("#942514", "#ffb4a6"),
    "error_border_color": ("#d4351c", "#ff8a75"),
    "loader_color": ("*primary_600", "*primary_300"),
    "table_text_color": ("*body_text_color", "*body_text_color"),
}
_SIZES = {
    "body_text_size": "*text_md",
    "prose_text_size": "*text_md",
    "block_title_text_size": "*text_md",
    "block_title_text_weight": "600",
    "block_label_text_size": "*text_md",
    "block_label_text_weight": "600",
    "block_info_text_size": "*text_sm",
    "input_text_size": "*text_md",
    "checkbox_label_text_size": "*text_md",
    "button_large_text_size": "*text_md",
    "button_medium_text_size": "*text_md",
    "button_small_text_size": "*text_sm",
    "button_small_padding": "*spacing_md *spacing_xl",
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
    made = gr.themes.Base(
        primary_hue=_BLUE,
        secondary_hue=_BLUE,
        neutral_hue=_GREY,
        text_size=_TEXT,
        radius_size="sm",
        font=_FONTS,
        font_mono=_MONOSPACED,
    )
    dark = {f"{name}_dark": dark for name, (_, dark) in _COLOURS.items()}
    made.set(**{name: light for name, (light, _) in _COLOURS.items()}, **dark, **_SIZES)
    made.custom_css = read_static("theme.css")
    return made
