"""Which Debian package holds a program, a shared library, or what a compiler asks for."""

import re

# Where a program and its package are not called the same.
PROGRAMS = {
    **dict.fromkeys(("cc", "c++", "gcc", "g++", "make", "ld"), "build-essential"),
    **dict.fromkeys(("psql", "pg_dump", "pg_restore", "pg_isready"), "postgresql-client"),
    **dict.fromkeys(("mysql", "mysqldump"), "default-mysql-client"),
    **dict.fromkeys(("pdftotext", "pdftoppm", "pdfinfo"), "poppler-utils"),
    **dict.fromkeys(("convert", "magick", "identify"), "imagemagick"),
    **dict.fromkeys(("ps", "top", "pgrep"), "procps"),
    **dict.fromkeys(("dig", "nslookup"), "dnsutils"),
    **dict.fromkeys(("ssh", "scp", "ssh-keygen"), "openssh-client"),
    "7z": "p7zip-full",
    "dot": "graphviz",
    "exiftool": "libimage-exiftool-perl",
    "ffprobe": "ffmpeg",
    "gpg": "gnupg",
    "gs": "ghostscript",
    "hg": "mercurial",
    "ip": "iproute2",
    "mysql_config": "default-libmysqlclient-dev",
    "node": "nodejs",
    "pg_config": "libpq-dev",
    "ping": "iputils-ping",
    "rustc": "rustc",
    "soffice": "libreoffice",
    "svn": "subversion",
    "swig": "swig",
    "tesseract": "tesseract-ocr",
}
# Where the rule of `library_package` does not hold; by the start of the library's name.
LIBRARIES = {
    "libGL.": "libgl1",
    "libSM.": "libsm6",
    "libgdal.": "libgdal-dev",
    "libgeos_c.": "libgeos-c1v5",
    "libglib-2": "libglib2.0-0",
    "libgobject-2": "libglib2.0-0",
    "libgthread-2": "libglib2.0-0",
    "libjpeg.so.62": "libjpeg62-turbo",
    "liblber": "libldap2",
    "libldap": "libldap2",
    "libmagic": "libmagic1",
    "libpcap.": "libpcap0.8",
    "libpython3": "libpython3",
    "libsnappy.": "libsnappy1v5",
    "libsqlite3.": "libsqlite3-0",
    "libxslt.": "libxslt1.1",
    "libzbar": "libzbar0",
    "zbar": "libzbar0",
}
# What a compiler or a build script asks for, by the start of its path or its name.
HEADERS = {
    "Python.h": ("python3-dev",),
    "cairo.h": ("libcairo2-dev",),
    "curl/": ("libcurl4-openssl-dev",),
    "dbus/": ("libdbus-1-dev",),
    "expat.h": ("libexpat1-dev",),
    "ffi.h": ("libffi-dev",),
    "freetype": ("libfreetype-dev",),
    "ft2build.h": ("libfreetype-dev",),
    "gdal": ("libgdal-dev",),
    "geos_c.h": ("libgeos-dev",),
    "glib.h": ("libglib2.0-dev",),
    "gmp.h": ("libgmp-dev",),
    "gssapi": ("libkrb5-dev",),
    "hdf5": ("libhdf5-dev",),
    "jpeglib.h": ("libjpeg-dev",),
    "krb5": ("libkrb5-dev",),
    "lber.h": ("libldap2-dev", "libsasl2-dev"),
    "ldap": ("libldap2-dev", "libsasl2-dev"),
    "lcms2.h": ("liblcms2-dev",),
    "libmemcached": ("libmemcached-dev",),
    "libpq": ("libpq-dev",),
    "librdkafka": ("librdkafka-dev",),
    "libxml": ("libxml2-dev", "libxslt1-dev"),
    "libxslt": ("libxml2-dev", "libxslt1-dev"),
    "lzma.h": ("liblzma-dev",),
    "magic.h": ("libmagic-dev",),
    "maxminddb.h": ("libmaxminddb-dev",),
    "mpfr.h": ("libmpfr-dev",),
    "mysql": ("default-libmysqlclient-dev", "pkg-config"),
    "openssl/": ("libssl-dev",),
    "pcre": ("libpcre2-dev",),
    "png.h": ("libpng-dev",),
    "portaudio.h": ("portaudio19-dev",),
    "proj.h": ("libproj-dev",),
    "proj_api.h": ("libproj-dev",),
    "sasl": ("libsasl2-dev",),
    "snappy": ("libsnappy-dev",),
    "sndfile.h": ("libsndfile1-dev",),
    "sql.h": ("unixodbc-dev",),
    "sqlext.h": ("unixodbc-dev",),
    "sqlite3.h": ("libsqlite3-dev",),
    "stdio.h": ("libc6-dev",),
    "systemd/": ("libsystemd-dev",),
    "tiff": ("libtiff-dev",),
    "webp/": ("libwebp-dev",),
    "xmlsec": ("libxmlsec1-dev", "pkg-config"),
    "yaml.h": ("libyaml-dev",),
    "zlib.h": ("zlib1g-dev",),
    "zmq.h": ("libzmq3-dev",),
    "zstd.h": ("libzstd-dev",),
}
# What follows `-l`, and what pkg-config and build scripts call the same things.
NAMES = {
    "cairo": "cairo.h",
    "crypto": "openssl/",
    "curl": "curl/",
    "dbus-1": "dbus/",
    "expat": "expat.h",
    "ffi": "ffi.h",
    "freetype2": "freetype",
    "geos_c": "geos_c.h",
    "glib-2.0": "glib.h",
    "gmp": "gmp.h",
    "jpeg": "jpeglib.h",
    "lber": "lber.h",
    "lcms2": "lcms2.h",
    "libffi": "ffi.h",
    "libmariadb": "mysql",
    "libsystemd": "systemd/",
    "lzma": "lzma.h",
    "mariadb": "mysql",
    "openssl": "openssl/",
    "pq": "libpq",
    "png": "png.h",
    "sqlite3": "sqlite3.h",
    "ssl": "openssl/",
    "xml2": "libxml",
    "xslt": "libxslt",
    "yaml": "yaml.h",
    "z": "zlib.h",
    "zlib": "zlib.h",
    "zmq": "zmq.h",
    "zstd": "zstd.h",
}


def program_package(name: str) -> str:
    """Return the package of a program."""
    base = name.rpartition("/")[2]
    # Debian's compilers have names such as x86_64-linux-gnu-gcc.
    return PROGRAMS.get(re.sub(r"^\w+-linux-gnu-", "", base), base)


def library_package(name: str) -> str:
    """Return the likely package of a shared library: that of `libpng16.so.16` is `libpng16-16`."""
    for start, package in LIBRARIES.items():
        if name.startswith(start):
            return package
    stem, _, version = name.lower().partition(".so")
    number = version.strip(".").partition(".")[0]
    dash = "-" if stem[-1:].isdigit() and number else ""
    return f"{stem}{dash}{number}".replace("_", "-")


def header_packages(name: str) -> tuple[str, ...]:
    """Return the likely packages of a header, by its path; none for one that is not known."""
    found = (start for start in sorted(HEADERS, key=len, reverse=True) if name.startswith(start))
    return next((HEADERS[start] for start in found), ())


def development_packages(name: str) -> tuple[str, ...]:
    """Return the likely packages to compile with a library, by what `-l` or pkg-config call it."""
    return header_packages(NAMES.get(name, name))
