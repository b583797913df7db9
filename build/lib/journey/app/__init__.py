"""The app: what a log holds, in the browser. The only room that imports streamlit."""
