"""What orchestration costs, case by case; ``bench/orchestrator.py`` runs the cases."""
