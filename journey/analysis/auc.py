"""AUC and logistic scores, where findings are validated. They stand with the other estimates, for all floors above."""

from journey.estimate.auc import auc, auc_difference, logistic

__all__ = ["auc", "auc_difference", "logistic"]
