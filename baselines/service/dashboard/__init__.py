"""Dashboard: a Streamlit page that talks to the service only."""
