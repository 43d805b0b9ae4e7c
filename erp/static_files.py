"""Static files under names that carry their content's hash, in the imports between JavaScript modules as well."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Django's manifest storage rewrites `import` only where it is told to."""

    support_js_module_import_aggregation = True
