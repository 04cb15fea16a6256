FLASK_APP=noticeboard.entry:board
FLASK_DEBUG=1
