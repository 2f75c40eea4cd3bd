"""What an SVG may hold."""

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
EDITORS = frozenset(
    {
        "http://www.inkscape.org/namespaces/inkscape",
        "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://creativecommons.org/ns#",
        "http://purl.org/dc/elements/1.1/",
        "http://www.serif.com/",
        "http://www.bohemiancoding.com/sketch/ns",
        "http://www.figma.com/figma/ns",
        "http://www.vectornator.io",
    }
)
"""Namespaces in which drawing programs keep what no browser draws."""
ELEMENTS = frozenset(
    """svg g defs symbol use title desc style path rect circle ellipse line polyline polygon text tspan
    linearGradient radialGradient stop clipPath mask""".split()  # noqa: SIM905
)
PROPERTIES = frozenset(
    """alignment-baseline baseline-shift clip-path clip-rule color color-interpolation color-rendering
    direction display dominant-baseline enable-background fill fill-opacity fill-rule font font-family
    font-feature-settings font-size font-stretch font-style font-variant font-weight image-rendering isolation
    letter-spacing line-height mask mask-type mix-blend-mode opacity overflow paint-order shape-rendering
    solid-color stop-color stop-opacity stroke stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
    stroke-width text-anchor text-decoration text-rendering transform transform-origin unicode-bidi
    vector-effect visibility white-space word-spacing writing-mode -inkscape-font-specification""".split()  # noqa: SIM905
)
"""Without filters, patterns, markers and dashes: small to send, endless to draw."""
ATTRIBUTES = PROPERTIES | frozenset(
    """id class style href x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy d points width height viewBox
    preserveAspectRatio pathLength transform gradientTransform gradientUnits spreadMethod offset clipPathUnits
    maskUnits maskContentUnits textLength lengthAdjust rotate type media""".split()  # noqa: SIM905
)
IGNORED = frozenset(
    "version baseProfile role focusable lang tabindex contentScriptType contentStyleType zoomAndPan".split()  # noqa: SIM905
)
"""Said about the file, not drawn."""
FUNCTIONS = ("rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewx", "skewy")
